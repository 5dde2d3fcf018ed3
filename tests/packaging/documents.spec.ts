/** What the package's README shows is what the tests run, and the examples are what it says of them. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { EXAMPLES, SOURCES, TARBALL } from "./support/fixtures-list.ts";

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
