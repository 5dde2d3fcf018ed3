/** What the package's README shows is what the tests run, and the examples are what it says of them. */
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { EXAMPLES, SOURCES, TARBALL, WORK } from "./support/fixtures-list.ts";

const PACKAGE = resolve(import.meta.dirname, "../../crates/qwen-edit-wasm/npm");
const PLACES: Record<string, string> = { example: EXAMPLES, fixture: SOURCES };

/** A part of a file is shown from the margin. */
function withoutIndents(code: string): string {
  return code.replace(/^ +/gm, "");
}

async function examples(): Promise<string[]> {
  const entries = await readdir(EXAMPLES, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

test("the code of the README's recipes is that of examples and fixtures", async () => {
  const readme = await readFile(join(PACKAGE, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/<!-- (example|fixture): (\S+) -->\n```\w+\n(.*?)```/gs)];
  expect(blocks.length, "recipes").toBeGreaterThanOrEqual(10);
  for (const [, kind = "", path = "", code = ""] of blocks) {
    const file = await readFile(resolve(PLACES[kind] ?? "", path), "utf8");
    // A command of a script is a string of JSON there.
    const text = path.endsWith(".json") ? JSON.parse(`"${code.trim()}"`) : code.trim();
    expect(withoutIndents(file), path).toContain(withoutIndents(text));
  }
});

for (const recipe of ["Vite", "Next", "Plain HTML", "Your own relay", "A plain proxy"]) {
  test(`the README has the recipe "${recipe}", with code from an example`, async () => {
    const readme = await readFile(join(PACKAGE, "README.md"), "utf8");
    const [, section] = readme.split(`\n### ${recipe}\n`);
    expect(section?.split("\n#")[0]).toContain("<!-- example: ");
  });
}

test("every example is named in their README, asks for this version, and looks like the others", async () => {
  const readme = await readFile(join(EXAMPLES, "README.md"), "utf8");
  const style = await readFile(join(EXAMPLES, "plain-html/style.css"), "utf8");
  const { version } = JSON.parse(await readFile(join(PACKAGE, "package.json"), "utf8"));
  for (const name of await examples()) {
    expect(readme).toContain(`](${name})`);
    const manifest = JSON.parse(await readFile(join(EXAMPLES, name, "package.json"), "utf8"));
    expect(manifest.dependencies["qwen-edit"], name).toBe(`^${version}`);
    expect(manifest.scripts.start, name).toBeDefined();
    const own = join(EXAMPLES, name, name === "next" ? "app/style.css" : "style.css");
    expect((await readFile(own, "utf8")).startsWith(style), own).toBe(true);
  }
});

test("the tarball has README, changelog and licences", async () => {
  const { stdout } = await promisify(execFile)("tar", ["-tzf", TARBALL]);
  const files = stdout.split("\n");
  for (const file of ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"]) expect(files).toContain(`package/${file}`);
});

/** What an example may take for granted, unless it declares it itself. */
const AROUND = {
  QwenEdit: 'import { QwenEdit, QwenEditError } from "qwen-edit";',
  client: "declare const client: QwenEdit;",
  result: 'declare const result: import("qwen-edit").EditResult;',
  request: 'declare const request: import("qwen-edit").EditRequest;',
  file: "declare const file: File;",
  prompt: "declare const prompt: string;",
  show: "declare function show(...what: unknown[]): void;",
};
/** As `vite/client` says it. */
const VITE = 'declare module "*?url" {\n  const address: string;\n  export default address;\n}\n';

/** Examples of types and README, but for recipes, which are files of their own. */
async function documented(): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for (const name of (await readdir(PACKAGE)).filter((name) => /\.d\.ts$|^README/.test(name))) {
    const text = (await readFile(join(PACKAGE, name), "utf8")).replace(/^ *\* ?/gm, "");
    const blocks = text.matchAll(/(?<!<!-- .*-->\n)```(?:js|ts)\n(.*?)```/gs);
    for (const [number, [, code = ""]] of [...blocks].entries()) found.push([`${name.replaceAll(".", "-")}-${number}.ts`, code]);
  }
  return found;
}

/** A whole module. */
function completed(code: string): string {
  const declares = (name: string) => new RegExp(`(const |import .*)\\b${name}\\b.*(=|from)`).test(code);
  const around = Object.entries(AROUND).filter(([name]) => !declares(name)).map(([, line]) => line);
  return [...around, code, "export {};\n"].join("\n");
}

test("every example of the documentation compiles, in strict TypeScript", async () => {
  const folder = join(WORK, "documented");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const examples = await documented();
  expect(examples.length).toBeGreaterThanOrEqual(15);
  for (const [name, code] of examples) await writeFile(join(folder, name), completed(code));
  await writeFile(join(folder, "vite.d.ts"), VITE);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    lib: ["es2022", "dom", "dom.iterable"],
    types: [],
    paths: { "qwen-edit": [join(PACKAGE, "index.d.ts")], "qwen-edit/*": [join(PACKAGE, "*.d.ts")] },
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const compile = promisify(execFile)("npx", ["--no-install", "tsc", "-p", folder], { cwd: import.meta.dirname });
  expect(await compile.then(() => "", (failed: { stdout: string }) => failed.stdout)).toBe("");
});
