/**
 * The fixtures: one folder each in `fixtures/`, with its own `package.json`. Its `scripts.build` builds the page, its
 * field `fixture` says how it is served; see the README. And the examples, which know nothing of tests.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../..");

export const SOURCES = resolve(import.meta.dirname, "../fixtures");
export const EXAMPLES = join(ROOT, "examples");
/** What every fixture gets beside its own files; examples get nothing. */
export const PAGE = resolve(import.meta.dirname, "../page");
/** Where fixtures are made. */
export const WORK = join(ROOT, "target/packaging");
export const TARBALL = process.env.QWEN_EDIT_TARBALL ?? join(ROOT, "target/npm/qwen-edit-0.1.0.tgz");

export interface Fixture {
  /** As the tests call it. */
  readonly name: string;
  /** In `WORK`; the same for what is built and for its development server. */
  readonly folder: string;
  /** The folder it is made from. */
  readonly source: string;
  /** Whether it is of `examples/`, which a test uses as a visitor would; the others offer a journey. */
  readonly isExample: boolean;
  /** Whether the page comes from a development server. */
  readonly isDevelopment: boolean;
  /** What of the folder is served: `.` or where the build puts its page. */
  readonly serve: string;
  /** Headers of every answer; `{relay}` stands for the relay's origin. */
  readonly headers: Record<string, string>;
  /** The relay as the page's policy allows it; the one of another origin when left out. */
  readonly relay: string | undefined;
  /** Whether the picture codec's workers can start: they are served, and the page's policy allows them. */
  readonly hasWorkers: boolean;
  readonly hasBuild: boolean;
  /** Whether it has a lock file of packages to install. */
  readonly hasTools: boolean;
}

/** How the page is served. */
interface Serving {
  serve?: string;
  headers?: Record<string, string>;
  relay?: string;
  workers?: boolean;
  development?: boolean;
}

interface Manifest {
  scripts?: { build?: string };
  fixture?: Serving;
}

/** The examples that are not served as they are. */
const EXAMPLES_SERVED: Record<string, Serving> = {
  next: { serve: "out" },
  "plain-proxy": { development: true },
  react: { serve: "dist" },
  vite: { serve: "dist", development: true },
};

/** All of them, fixtures first; or those that `QWEN_EDIT_FIXTURES` names, for runs that need no others. */
export async function fixtures(): Promise<Fixture[]> {
  const wanted = process.env.QWEN_EDIT_FIXTURES?.split(",");
  const all = [...(await places(SOURCES, "")), ...(await places(EXAMPLES, "example-"))];
  const read = all.filter(({ folder }) => wanted?.includes(folder) ?? true).map(readPlace);
  return (await Promise.all(read)).flat();
}

type Place = Pick<Fixture, "folder" | "source" | "isExample">;

/** The folders of `parent`; in `WORK` their names get a prefix, because an example may be called like a fixture. */
async function places(parent: string, prefix: string): Promise<Place[]> {
  const folders = (await readdir(parent, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return folders
    .map(({ name }) => ({ folder: `${prefix}${name}`, source: join(parent, name), isExample: prefix !== "" }))
    .sort((one, other) => (one.folder < other.folder ? -1 : 1));
}

async function readPlace(place: Place): Promise<Fixture[]> {
  const { folder, source, isExample } = place;
  const manifest = JSON.parse(await readFile(join(source, "package.json"), "utf8")) as Manifest;
  const serving = isExample ? EXAMPLES_SERVED[basename(source)] : manifest.fixture;
  const hasTools = await stat(join(source, "package-lock.json")).then(
    () => true,
    () => false,
  );
  const built: Fixture = {
    ...place,
    name: folder,
    isDevelopment: false,
    serve: serving?.serve ?? ".",
    headers: serving?.headers ?? {},
    relay: serving?.relay,
    hasWorkers: serving?.workers ?? true,
    hasBuild: manifest.scripts?.build !== undefined,
    hasTools,
  };
  if (!serving?.development) return [built];
  return [built, { ...built, name: `${folder}-development`, isDevelopment: true }];
}
