/** The main job, whole: real photos in, an instruction, three pictures out, every byte followed. */
import { readFile } from "node:fs/promises";
import { expect, photo, test, type StudioOptions } from "./fixtures.ts";
import type { Sim } from "./support/sim.ts";
import { bytesBehind, bytesOf, links, Studio, tabTo, type Answer } from "./support/studio.ts";

const PHOTOS = [photo("astronaut.png"), photo("rocket.jpg")];

/** What must have reached the vendor: nothing more, nothing less, and the files' own bytes. */
async function expectBody(sim: Sim, prompt: string): Promise<void> {
  const calls = (await sim.requests()).filter((request) => request.method === "POST");
  expect(calls, "one press, one paid call").toHaveLength(1);
  const [call] = calls;
  if (call === undefined) throw new Error("unreachable");
  expect(call.complete).toBe(true);
  const [png, jpeg] = await Promise.all(PHOTOS.map((file) => readFile(file, "base64")));
  expect(JSON.parse((await sim.bodyOf(call)).toString("utf8"))).toEqual({
    model: "qwen-image-2.0-pro",
    input: {
      messages: [
        {
          role: "user",
          content: [
            { image: `data:image/png;base64,${png}` },
            { image: `data:image/jpeg;base64,${jpeg}` },
            { text: prompt },
          ],
        },
      ],
    },
    parameters: { n: 3, prompt_extend: true, watermark: false },
  });
}

/** Every downloaded file is byte-identical to the picture the simulator made. */
async function expectDownloads(studio: Studio, answer: Answer, press: () => Promise<void>): Promise<void> {
  const made = links(answer);
  expect(made).toHaveLength(3);
  const downloads = await studio.downloads(3, press);
  // The browser tells of them in any order.
  downloads.sort((one, other) => one.suggestedFilename().localeCompare(other.suggestedFilename()));
  for (const [index, download] of downloads.entries()) {
    expect(download.suggestedFilename()).toBe(`qwen-edit-${answer.request_id.split("-")[0]}-${index + 1}.png`);
    const [file, original] = await Promise.all([bytesOf(download), bytesBehind(made[index] ?? "")]);
    expect(file.equals(original), `picture ${index + 1} is what the simulator made`).toBe(true);
  }
}

const journeys: { name: string; options: StudioOptions; prompt: string; numbered: string }[] = [
  {
    name: "in English on a desktop",
    options: {},
    prompt: "Put the rocket of Image 2 behind the person in Image 1",
    numbered: "Image 2",
  },
  {
    name: "in Chinese, dark",
    options: { locale: "zh-CN", theme: "dark" },
    prompt: "把图2里的火箭放到图1的人身后，光线自然",
    numbered: "图2",
  },
  {
    name: "on a phone",
    options: { locale: "zh-CN", viewport: { width: 390, height: 844 } },
    prompt: "把图2里的火箭放到图1的人身后，光线自然",
    numbered: "图2",
  },
];

for (const { name, options, prompt, numbered } of journeys) {
  test(`two photos become three pictures ${name}`, async ({ studio: open, sim }) => {
    const studio = new Studio(await open(options));
    await studio.choose(...PHOTOS);
    await expect(studio.slots.nth(1)).toContainText(numbered);
    await studio.prompt.fill(prompt);
    await studio.count.fill("3");

    const answer = await studio.runAndAnswer();

    await expect(studio.thumbs).toHaveCount(3);
    await expect(studio.stage).toBeVisible();
    await expect(studio.requestId).toHaveText(answer.request_id);
    await expect(studio.page.getByTestId("facts")).toContainText(`${answer.usage.width}×${answer.usage.height}`);
    await expect(studio.stage).toBeInViewport();
    await expect(studio.stage).toHaveJSProperty("naturalWidth", answer.usage.width);
    await expectBody(sim, prompt);
    await expectDownloads(studio, answer, () => studio.downloadAll.click());
  });
}

test("the whole job by keyboard only", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  const { page } = studio;
  const prompt = "Put the rocket of Image 2 behind the person in Image 1";

  await tabTo(page, studio.add);
  const chooser = page.waitForEvent("filechooser");
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(PHOTOS);
  await expect(studio.slots).toHaveCount(2);
  await tabTo(page, studio.prompt);
  await page.keyboard.type(prompt);
  await tabTo(page, studio.count);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("3");
  await tabTo(page, studio.run);
  const answered = studio.answered();
  await page.keyboard.press("Enter");
  const answer = (await (await answered).json()) as Answer;

  await expect(studio.stage).toBeVisible();
  await expectBody(sim, prompt);
  await tabTo(page, studio.downloadAll);
  await expectDownloads(studio, answer, () => page.keyboard.press("Enter"));
});

test("the second picture can be shown, compared and downloaded alone", async ({ studio: open }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("chelsea.png"));
  await studio.count.fill("2");
  const answer = await studio.runAndAnswer();
  await expect(studio.thumbs).toHaveCount(2);
  await studio.thumbs.nth(1).click();
  await expect(studio.thumbs.nth(1)).toHaveAttribute("aria-pressed", "true");

  const divider = studio.page.getByRole("slider");
  await divider.focus();
  await studio.page.keyboard.press("Home");
  await expect(divider).toHaveValue("0");

  const [download] = await studio.downloads(1, () => studio.download.click());
  if (download === undefined) throw new Error("unreachable");
  const [file, original] = await Promise.all([bytesOf(download), bytesBehind(links(answer)[1] ?? "")]);
  expect(file.equals(original)).toBe(true);
});

test("a result becomes the next picture, and earlier results stay", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("coffee.png"));
  const first = await studio.runAndAnswer();
  await expect(studio.stage).toBeVisible();

  await studio.page.getByRole("button", { name: "Edit this one" }).click();
  await expect(studio.slots).toHaveCount(1);
  await studio.runAndAnswer();
  await expect(studio.page.getByRole("button", { name: "Show the results of run 1" })).toBeVisible();

  const second = (await sim.requests()).filter((request) => request.method === "POST")[1];
  if (second === undefined) throw new Error("the second run never arrived");
  const body = JSON.parse((await sim.bodyOf(second)).toString("utf8"));
  const original = await bytesBehind(links(first)[0] ?? "");
  expect(body.input.messages[0].content[0].image).toBe(`data:image/png;base64,${original.toString("base64")}`);
});

test("with no picture at hand, the samples get one going", async ({ studio: open }) => {
  const studio = new Studio(await open());
  await studio.page.getByRole("button", { name: "Try a sample" }).click();
  await expect(studio.slots).toHaveCount(2);
  await studio.page.locator('[data-template="combine"]').click();
  await expect(studio.prompt).not.toBeEmpty();
  await studio.run.click();
  await expect(studio.stage).toBeVisible();
});

test("changing the language keeps pictures, words and results", async ({ studio: open }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("coffee.png"), "Make it blue");
  await studio.runAndAnswer();
  await expect(studio.stage).toBeVisible();
  await studio.page.locator("#switch-language").click();
  await expect(studio.page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await expect(studio.page.locator("#switch-language")).toBeFocused();
  await expect(studio.slots).toHaveCount(1);
  await expect(studio.prompt).toHaveValue("Make it blue");
  await expect(studio.stage).toBeVisible();
});
