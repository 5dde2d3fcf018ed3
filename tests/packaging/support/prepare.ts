/**
 * Makes every fixture and example as a developer would: its own folder, its own packages, the tarball of
 * `cargo xtask npm` installed, its own build. Runs once before all tests.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { fixtures, PAGE, TARBALL, WORK, type Fixture } from "./fixtures-list.ts";

const run = promisify(execFile);
const NPM = process.platform === "win32" ? "npm.cmd" : "npm";

export default async function prepare(): Promise<void> {
  await stat(TARBALL).catch(() => {
    throw new Error(`no ${TARBALL}: run \`cargo xtask npm\` first`);
  });
  // One after the other: bundlers use all cores by themselves.
  for (const fixture of await fixtures()) {
    if (fixture.isDevelopment) continue;
    const begun = performance.now();
    await make(fixture);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    process.stdout.write(`fixture ${fixture.name}: made in ${seconds} s\n`);
  }
}

async function make(fixture: Fixture): Promise<void> {
  const folder = join(WORK, fixture.folder);
  await mkdir(folder, { recursive: true });
  await empty(folder);
  await cp(fixture.source, folder, { recursive: true, filter: isSource });
  if (!fixture.isExample) await cp(PAGE, folder, { recursive: true });
  await installTools(fixture, folder);
  const installed = join(folder, "node_modules/qwen-edit");
  await rm(installed, { recursive: true, force: true });
  await mkdir(installed, { recursive: true });
  // What npm would do with a package without dependencies, and without writing the tarball into a lock file.
  await run("tar", ["-xzf", TARBALL, "--strip-components=1", "-C", installed]);
  if (fixture.hasBuild) await run(NPM, ["run", "build"], { cwd: folder, env: buildEnvironment() });
}

/** Not what was installed or built there by somebody who tries an example. */
function isSource(path: string): boolean {
  return !["node_modules", "qwen-edit", "dist", "out", ".next"].includes(basename(path));
}

/** Nothing of an earlier build may stay, except for the tools. */
async function empty(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (entry !== "node_modules") await rm(join(folder, entry), { recursive: true });
  }
}

/** The fixture's own tools, from its lock file; kept until that changes. */
async function installTools(fixture: Fixture, folder: string): Promise<void> {
  if (!fixture.hasTools) return;
  const lock = await readFile(join(fixture.source, "package-lock.json"), "utf8");
  const mark = join(folder, "node_modules/.installed-lock.json");
  if ((await readFile(mark, "utf8").catch(() => "")) === lock) return;
  // As the README of the examples says: they ask for the package by its version, which no registry may have yet.
  const what = fixture.isExample ? ["install", "--no-save", TARBALL] : ["ci"];
  await run(NPM, [...what, "--no-audit", "--no-fund"], { cwd: folder });
  await writeFile(mark, lock);
}

/** Builds talk to nobody. */
function buildEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NO_UPDATE_NOTIFIER: "1" };
}
