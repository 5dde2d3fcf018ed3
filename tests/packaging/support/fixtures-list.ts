/**
 * The fixtures: one folder each in `fixtures/`, with its own `package.json`. Its `scripts.build` builds the page, its
 * field `fixture` says how it is served; see the README.
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../..");

export const SOURCES = resolve(import.meta.dirname, "../fixtures");
/** What every fixture gets beside its own files. */
export const PAGE = resolve(import.meta.dirname, "../page");
/** Where fixtures are made. */
export const WORK = join(ROOT, "target/packaging");
export const TARBALL = process.env.QWEN_EDIT_TARBALL ?? join(ROOT, "target/npm/qwen-edit-0.1.0.tgz");

export interface Fixture {
  /** As the tests call it. */
  readonly name: string;
  /** In `fixtures/`; the same for what is built and for its development server. */
  readonly folder: string;
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

interface Manifest {
  scripts?: { build?: string };
  fixture?: {
    serve?: string;
    headers?: Record<string, string>;
    relay?: string;
    workers?: boolean;
    development?: boolean;
  };
}

/** All of them, by name. */
export async function fixtures(): Promise<Fixture[]> {
  const names = (await readdir(SOURCES)).sort();
  return (await Promise.all(names.map(read))).flat();
}

async function read(folder: string): Promise<Fixture[]> {
  const manifest = JSON.parse(await readFile(join(SOURCES, folder, "package.json"), "utf8")) as Manifest;
  const hasTools = await stat(join(SOURCES, folder, "package-lock.json")).then(
    () => true,
    () => false,
  );
  const built: Fixture = {
    name: folder,
    folder,
    isDevelopment: false,
    serve: manifest.fixture?.serve ?? ".",
    headers: manifest.fixture?.headers ?? {},
    relay: manifest.fixture?.relay,
    hasWorkers: manifest.fixture?.workers ?? true,
    hasBuild: manifest.scripts?.build !== undefined,
    hasTools,
  };
  if (!manifest.fixture?.development) return [built];
  return [built, { ...built, name: `${folder}-development`, isDevelopment: true }];
}
