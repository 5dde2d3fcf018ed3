/** The edit as a program: written when it is asked for, copied as it is shown, and true. */
import { AxeBuilder } from "@axe-core/playwright";
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, photo, test } from "./fixtures.ts";
import { Studio, tabTo } from "./support/studio.ts";

const PROMPT = "Make it a watercolour, it's \"wet\"";

test("the command that is shown makes the same call as the page", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  const { page } = studio;
  await studio.fill(photo("coffee.png"), PROMPT);
  await studio.count.fill("2");
  await studio.runAndAnswer();
  await page.locator("#show-code").click();
  await expect(page.locator("#program")).toContainText("curl");
  const command = await page.locator("#program").innerText();
  await sim.reset();

  const folder = await mkdtemp(join(tmpdir(), "qwen-edit-code-"));
  try {
    await cp(photo("coffee.png"), join(folder, "coffee.png"));
    const { stdout } = await promisify(execFile)("sh", ["-c", command], {
      cwd: folder,
      env: { ...process.env, DASHSCOPE_API_KEY: "sk-demo" },
    });
    expect(JSON.parse(stdout).output.choices[0].message.content).toHaveLength(2);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  expect((await sim.requests()).filter((request) => request.method === "POST")).toHaveLength(1);
});

test("every language is a press away, and what is copied is what is shown", async ({ studio: open }) => {
  const studio = new Studio(await open());
  const { page } = studio;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await studio.fill(photo("coffee.png"), PROMPT);
  await tabTo(page, page.locator("#show-code"));
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "This edit as code" });
  for (const [language, telling] of [
    ["Python", "dashscope.MultiModalConversation.call("],
    ["Java", "public class QwenImageEdit"],
    ["JavaScript", 'from "qwen-edit"'],
    ["Rust", "fn main()"],
    ["curl", "--data-binary @-"],
  ] as const) {
    const tab = dialog.getByRole("button", { name: language, exact: true });
    await tabTo(page, tab);
    await page.keyboard.press("Enter");
    await expect(tab).toHaveAttribute("aria-pressed", "true");
    const program = page.locator("#program");
    await expect(program).toContainText(telling);
    await expect(program).toContainText("coffee.png");
    await dialog.getByRole("button", { name: "Copy code" }).click();
    await expect(dialog.getByRole("status")).toHaveText("Copied");
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied.trim()).toBe((await program.innerText()).trim());
  }
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.locator("#show-code")).toBeFocused();
});

test("nothing of it is loaded before it is asked for", async ({ studio: open }) => {
  const page = await open();
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  const studio = new Studio(page);
  await page.reload();
  await studio.fill(photo("coffee.png"), PROMPT);
  expect(loaded.filter((path) => path.includes("qwen-edit-code"))).toEqual([]);
  await page.locator("#show-code").click();
  await expect(page.locator("#program")).toContainText("curl");
  expect(loaded.filter((path) => path.endsWith("qwen-edit-code_bg.wasm"))).toHaveLength(1);
});

test("what is missing is said in place of a program", async ({ studio: open }) => {
  const page = await open({ locale: "zh-CN" });
  await page.locator("#show-code").click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("listitem")).toHaveCount(2);
  await expect(dialog).toContainText("先放一张图片");
  await expect(page.locator("#program")).toBeHidden();
});

test("a module that cannot be loaded is said, and the next choice tries again", async ({ studio: open }) => {
  const studio = new Studio(await open());
  const { page } = studio;
  await page.route("**/qwen-edit-code.js", (route) => route.abort("connectionrefused"));
  await studio.fill(photo("coffee.png"), PROMPT);
  await page.locator("#show-code").click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("status")).toContainText("could not be loaded");
  await page.unroute("**/qwen-edit-code.js");
  await dialog.getByRole("button", { name: "Python" }).click();
  await expect(page.locator("#program")).toContainText("import dashscope");
  await expect(dialog.getByRole("status")).toBeEmpty();
});

for (const locale of ["en-US", "zh-CN"] as const) {
  for (const theme of ["light", "dark"] as const) {
    for (const [device, viewport] of [
      ["desktop", { width: 1440, height: 900 }],
      ["phone", { width: 390, height: 844 }],
    ] as const) {
      test(`readable by everybody: ${locale}, ${theme}, ${device}`, async ({ studio: open }, info) => {
        const studio = new Studio(await open({ locale, theme, viewport }));
        const { page } = studio;
        const draw = async (state: string) => {
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)]), state).toEqual([]);
          await info.attach(state, { body: await page.screenshot(), contentType: "image/png" });
        };
        await page.locator("#show-code").click();
        await expect(page.getByRole("dialog")).toBeVisible();
        await draw("missing");
        await page.keyboard.press("Escape");
        await studio.choose(photo("astronaut.png"), photo("coffee.png"));
        await studio.prompt.fill(locale === "zh-CN" ? "让图1里的人端着图2的咖啡" : "Let the person in Image 1 hold Image 2");
        await page.locator("#show-code").click();
        await expect(page.locator("#program")).toContainText("coffee.png");
        await draw("curl");
        await page.getByRole("button", { name: "Python" }).click();
        await expect(page.locator("#program")).toContainText("dashscope");
        await draw("python");
      });
    }
  }
}
