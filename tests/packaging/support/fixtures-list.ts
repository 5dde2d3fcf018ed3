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
  /** The folder; its page is at `/<name>/`. */
  readonly name: string;
  /** What of the folder is served: `.` or where the build puts its page. */
  readonly serve: string;
  /** Headers of every answer; `{relay}` stands for the relay's origin. */
  readonly headers: Record<string, string>;
  readonly hasBuild: boolean;
  /** Whether it has a lock file of packages to install. */
  readonly hasTools: boolean;
}

interface Manifest {
  scripts?: { build?: string };
  fixture?: { serve?: string; headers?: Record<string, string> };
}

/** All of them, by name. */
export async function fixtures(): Promise<Fixture[]> {
  const names = (await readdir(SOURCES)).sort();
  return Promise.all(names.map(read));
}

async function read(name: string): Promise<Fixture> {
  const folder = join(SOURCES, name);
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
  const hasTools = await stat(join(folder, "package-lock.json")).then(
    () => true,
    () => false,
  );
  return {
    name,
    serve: manifest.fixture?.serve ?? ".",
    headers: manifest.fixture?.headers ?? {},
    hasBuild: manifest.scripts?.build !== undefined,
    hasTools,
  };
}
