/** On a server, where there is no browser: every entry can be imported, and importing does nothing. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { expect, photo, test } from "./fixtures.ts";

const node = promisify(execFile);

for (const entry of ["index.js", "slim.js", "inline.js", "element.js"]) {
  test(`${entry} is imported by Node and nothing happens`, async ({ servers }) => {
    const module = new URL(`node_modules/qwen-edit/${entry}`, servers.folderOf("plain"));
    const script = `
      globalThis.fetch = () => { throw new Error("loaded something"); };
      const before = Object.keys(globalThis).join();
      await import(${JSON.stringify(module.href)});
      if (Object.keys(globalThis).join() !== before) throw new Error("left something behind");
    `;
    const { stderr } = await node(process.execPath, ["--input-type=module", "-e", script], {
      cwd: fileURLToPath(servers.folderOf("plain")),
    });
    expect(stderr).toBe("");
  });
}

test("Node edits a photograph as well", async ({ servers, relay, sim }) => {
  const module = new URL("node_modules/qwen-edit/index.js", servers.folderOf("plain"));
  const script = `
    import { readFile } from "node:fs/promises";
    const { QwenEdit } = await import(${JSON.stringify(module.href)});
    const client = await QwenEdit.create({ relay: ${JSON.stringify(relay)}, region: "demo" });
    const file = new Blob([await readFile(${JSON.stringify(photo("coffee.png"))})]);
    const result = await client.edit({ images: [file], prompt: "p", fit: false });
    process.stdout.write(String((await result.images[0].blob()).size > 1000));
  `;
  const { stdout, stderr } = await node(process.execPath, ["--input-type=module", "-e", script]);
  expect(stderr + stdout).toBe("true");
  expect((await sim.requests()).filter((request) => request.method === "POST")).toHaveLength(1);
});
