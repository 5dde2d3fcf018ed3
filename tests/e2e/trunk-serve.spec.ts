/** `trunk serve` alone, with a simulator behind its proxy: a plain relay, and the page works with it. */
import { readFile } from "node:fs/promises";
import { expect, photo, test } from "./fixtures.ts";
import { GENERATION, links, Studio } from "./support/studio.ts";

const ROUTE = `/relay/demo${GENERATION}`;

test("its proxy brings a call to the simulator and the answer back unchanged", async ({ request, sim }) => {
  const answer = await request.post(ROUTE, {
    headers: { authorization: "Bearer not-a-key" },
    data: { model: "qwen-image-edit-plus", input: { messages: [] } },
  });
  expect(answer.status()).toBe(401);
  expect(await answer.json()).toMatchObject({ code: "InvalidApiKey" });
  const seen = await sim.requests();
  expect(seen.map(({ method, path }) => ({ method, path }))).toEqual([{ method: "POST", path: GENERATION }]);
});

test("the page edits a picture and shows the result by its link", async ({ studio: open }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("astronaut.png"));
  const answer = await studio.runAndAnswer();
  await expect(studio.stage).toHaveAttribute("src", links(answer)[0] ?? "");
  await expect(studio.stage).toHaveJSProperty("naturalWidth", answer.usage.width);
  await expect(studio.page.getByText("This is a plain relay")).toBeVisible();
});

test("what the page loads later is served as well", async ({ studio: open }) => {
  const page = await open();
  const sentences = page.waitForResponse((response) => response.url().endsWith("/advice-en.json"));
  await page.reload();
  expect((await sentences).headers()["content-type"]).toContain("application/json");
  const studio = new Studio(page);
  await studio.fill(photo("coffee.png"));
  await page.locator("#show-code").click();
  await expect(page.locator("#program")).toContainText("curl");
});

test("three large pictures pass the proxy byte by byte", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  // A real photo, filled up behind its end. A plain proxy states no limit, so all three go as they are only within 6 MB,
  // which is the most that every gateway was seen to take.
  const png = await readFile(photo("coffee.png"));
  const large = Buffer.concat([png, Buffer.alloc(1_450_000 - png.length)]);
  const chooser = studio.page.waitForEvent("filechooser");
  await studio.add.click();
  await (await chooser).setFiles(
    [1, 2, 3].map((n) => ({ name: `large-${n}.png`, mimeType: "image/png", buffer: large })),
  );
  await expect(studio.slots).toHaveCount(3);
  await studio.prompt.fill("Combine Image 1 and Image 2 with Image 3");
  await studio.run.click();
  await expect(studio.stage).toBeVisible({ timeout: 30_000 });
  const [call] = (await sim.requests()).filter((request) => request.method === "POST");
  if (call === undefined) throw new Error("nothing arrived");
  const sent = JSON.parse((await sim.bodyOf(call)).toString()).input.messages[0].content;
  const expected = `data:image/png;base64,${large.toString("base64")}`;
  for (const item of sent.slice(0, 3)) expect(item.image === expected, "the file's own bytes").toBe(true);
});
