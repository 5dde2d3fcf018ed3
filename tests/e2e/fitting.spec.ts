/** Pictures of any kind are made fit for the model: judged by the bytes that reach the simulator. */
import { readFile } from "node:fs/promises";
import { type Page } from "@playwright/test";
import { expect, photo, test } from "./fixtures.ts";
import { anyPicture, pixelsOf, sentPictures } from "./support/pictures.ts";
import { Studio } from "./support/studio.ts";

const MODEL_MAX = 3072;

test("a phone photo arrives upright, no larger than the model works with, and tells no place", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.fill(anyPicture("phone.jpg"));
  await expect(studio.receipt).toHaveText([/^Image 1 turned upright, made smaller, location removed · 3024×4032 → 2304×3072, 485 KB → .* MB$/]);
  await studio.runAndAnswer();
  const [sent] = await sentPictures(sim);
  expect(sent.type).toBe("image/jpeg");
  expect(sent.bytes.includes("Exif")).toBe(false);
  const { width, height, at } = await pixelsOf(studio.page, sent);
  expect([width, height]).toEqual([2304, MODEL_MAX]);
  // The red square of the upright picture's upper left corner; the lower right one has none.
  expect(isRed(at(200, 200))).toBe(true);
  expect(isRed(at(2100, 2900))).toBe(false);
});

test("a WebP that lies on its side is turned, too", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.fill(anyPicture("sideways.webp"));
  await expect(studio.receipt).toHaveText([/turned upright/]);
  await studio.runAndAnswer();
  const [sent] = await sentPictures(sim);
  const { at } = await pixelsOf(studio.page, sent);
  // Its red square is stored upper left; a quarter turn to the right brings it upper right.
  expect(isRed(at(800, 100))).toBe(true);
  expect(isRed(at(100, 100))).toBe(false);
});

test("only the place is taken out of a photo that fits otherwise", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.fill(anyPicture("located.jpg"));
  await expect(studio.receipt).toHaveText([/^Image 1 location removed · 640×427, 42 KB/]);
  await studio.runAndAnswer();
  const [sent] = await sentPictures(sim);
  const original = await readFile(anyPicture("located.jpg"));
  expect(sent.bytes.includes("Exif")).toBe(false);
  // Every byte from the start of the pixels is the camera's.
  const pixels = original.subarray(original.indexOf(Buffer.from([0xff, 0xda])));
  expect(sent.bytes.subarray(-pixels.length).equals(pixels)).toBe(true);
});

for (const name of ["camera.jpg", "animated.gif", "deep.png", "lzw.tiff", "transparent.webp"] as const) {
  test(`${name} fits already and goes byte for byte`, async ({ studio: open, sim }) => {
    const studio = new Studio(await open());
    await studio.fill(anyPicture(name));
    await expect(studio.receipt).toHaveText([/used as it is/]);
    await studio.runAndAnswer();
    const [sent] = await sentPictures(sim);
    expect(sent.bytes.equals(await readFile(anyPicture(name)))).toBe(true);
  });
}

test("HEIC, AVIF and drawings are converted, in their order", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.choose(anyPicture("photo.heic"), anyPicture("photo.avif"), anyPicture("drawing.svg"));
  await expect(studio.receipt).toHaveText([/converted to JPEG/, /converted to JPEG/, /converted to PNG/]);
  await studio.prompt.fill("Combine them");
  await studio.runAndAnswer();
  const sent = await sentPictures(sim);
  expect(sent.map(({ type }) => type)).toEqual(["image/jpeg", "image/jpeg", "image/png"]);
  const sizes = [];
  for (const picture of sent) {
    const { width, height } = await pixelsOf(studio.page, picture);
    sizes.push([width, height]);
  }
  expect(sizes).toEqual([[451, 300], [451, 300], [MODEL_MAX, 2048]]);
});

test("a TIFF of 60 MB is read and scaled", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await giveTiff(studio.page, 5000, 4000);
  await expect(studio.receipt).toHaveText([/^Image 1 converted to PNG, made smaller · 5000×4000 → 3072×2458, 57\.2 MB → /], { timeout: 60_000 });
  await studio.prompt.fill("Make it night");
  await studio.runAndAnswer();
  const [sent] = await sentPictures(sim);
  const { width, height, at } = await pixelsOf(studio.page, sent);
  expect([width, height]).toEqual([MODEL_MAX, 2458]);
  // Red grows from left to right, green from top to bottom.
  expect(at(3000, 100)[0]).toBeGreaterThan(230);
  expect(at(100, 2400)[1]).toBeGreaterThan(230);
  expect(at(100, 100)[0]).toBeLessThan(25);
});

test("transparent parts stay transparent when a picture has to be made smaller", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await giveTransparentPng(studio.page, 3600, 2400);
  await expect(studio.receipt).toHaveText([/made smaller/], { timeout: 30_000 });
  await studio.prompt.fill("Make it night");
  await studio.runAndAnswer();
  const [sent] = await sentPictures(sim);
  const { width, at } = await pixelsOf(studio.page, sent);
  expect(width).toBe(MODEL_MAX);
  expect(at(10, 10)[3]).toBe(0);
  expect(at(1536, 1024)[3]).toBe(255);
});

test("what is broken or no picture is refused by name, and the others stay", async ({ studio: open }) => {
  const studio = new Studio(await open());
  await studio.choose(photo("coffee.png"));
  const input = studio.page.getByTestId("file-input");
  await input.setInputFiles([anyPicture("truncated.jpg"), anyPicture("text.png")]);
  const refusals = studio.page.locator(".refusals li");
  await expect(refusals).toHaveText([/“truncated.jpg” is damaged/, /“text.png” is not a picture/]);
  await expect(studio.slots).toHaveCount(1);
});

test("another model may take smaller pictures: they are fitted again", async ({ studio: open }) => {
  const studio = new Studio(await open());
  await studio.fill(anyPicture("phone.jpg"));
  await expect(studio.receipt).toHaveText([/2304×3072/]);
  await studio.model.selectOption("qwen-image-3.0");
  await expect(studio.receipt).toHaveText([/1536×2048/]);
});

test("the page stays smooth while three photos of 12 megapixels are prepared", async ({ studio: open }) => {
  const studio = new Studio(await open());
  const longest = await longestFrame(studio.page, async () => {
    await studio.page.getByTestId("file-input").setInputFiles(Array(3).fill(anyPicture("phone.jpg")));
    await expect(studio.receipt).toHaveCount(3, { timeout: 60_000 });
  });
  test.info().annotations.push({ type: "longest task, ms", description: String(longest) });
});

test("a page that may not start workers prepares pictures all the same", async ({ studio: open, sim }) => {
  const page = await open();
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "Worker", { value: class { constructor() { throw new Error("forbidden"); } } });
  });
  await page.reload();
  const studio = new Studio(page);
  await studio.choose(anyPicture("phone.jpg"), anyPicture("photo.heic"));
  await studio.prompt.fill("Combine them");
  await studio.runAndAnswer();
  expect(await sentPictures(sim)).toHaveLength(2);
});

const isRed = ([red, green, blue]: number[]) => red! > 200 && green! < 60 && blue! < 60;

/** Gives the page an uncompressed TIFF, made in the page because it is large. */
async function giveTiff(page: Page, width: number, height: number): Promise<void> {
  await page.getByTestId("file-input").evaluate((input, [width, height]) => {
    const start = 8 + 2 + 10 * 12 + 4 + 6;
    const file = new DataView(new ArrayBuffer(start + width! * height! * 3));
    file.setUint32(0, 0x49492a00);
    file.setUint32(4, 8, true);
    const bits = 8 + 2 + 10 * 12 + 4;
    const entries = [
      [256, 4, 1, width!], [257, 4, 1, height!], [258, 3, 3, bits], [259, 3, 1, 1], [262, 3, 1, 2],
      [273, 4, 1, start], [277, 3, 1, 3], [278, 4, 1, height!], [279, 4, 1, width! * height! * 3], [284, 3, 1, 1],
    ] as const;
    file.setUint16(8, entries.length, true);
    entries.forEach(([tag, kind, count, value], index) => {
      const at = 10 + index * 12;
      file.setUint16(at, tag, true);
      file.setUint16(at + 2, kind, true);
      file.setUint32(at + 4, count, true);
      file.setUint32(at + 8, value, true);
    });
    [0, 2, 4].forEach((offset) => file.setUint16(bits + offset, 8, true));
    const pixels = new Uint8Array(file.buffer, start);
    for (let y = 0, at = 0; y < height!; y += 1) {
      for (let x = 0; x < width!; x += 1, at += 3) {
        pixels[at] = (x * 255) / width!;
        pixels[at + 1] = (y * 255) / height!;
        pixels[at + 2] = 128;
      }
    }
    const files = new DataTransfer();
    files.items.add(new File([file], "scan.tif"));
    (input as HTMLInputElement).files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }, [width, height]);
}

async function giveTransparentPng(page: Page, width: number, height: number): Promise<void> {
  await page.getByTestId("file-input").evaluate(async (input, [width, height]) => {
    const canvas = new OffscreenCanvas(width!, height!);
    const context = canvas.getContext("2d")!;
    context.fillStyle = "teal";
    context.fillRect(width! / 4, height! / 4, width! / 2, height! / 2);
    const files = new DataTransfer();
    files.items.add(new File([await canvas.convertToBlob({ type: "image/png" })], "sticker.png"));
    (input as HTMLInputElement).files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }, [width, height]);
}

/** The longest time the page's thread was busy in one go, in ms, while `work` ran. */
async function longestFrame(page: Page, work: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const record = { longest: 0 };
    Object.assign(globalThis, { longTasks: record });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) record.longest = Math.max(record.longest, entry.duration);
    }).observe({ type: "longtask" });
  });
  await work();
  return page.evaluate(() => (globalThis as unknown as { longTasks: { longest: number } }).longTasks.longest);
}
