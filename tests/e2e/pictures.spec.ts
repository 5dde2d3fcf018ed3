/** Pictures come in by every way people try, in order, and what is no picture is refused with a reason. */
import { readFile } from "node:fs/promises";
import { expect, photo, test } from "./fixtures.ts";
import { links, Studio } from "./support/studio.ts";

test("by drag and drop from the desktop", async ({ studio: open }) => {
  const studio = new Studio(await open());
  await giveFile(studio, "drop", photo("coffee.png"), "coffee.png");
  await expect(studio.slots).toHaveCount(1);
  await expect(studio.receipt).toHaveText(["Image 1 used as it is 600×400"]);
});

test("by paste", async ({ studio: open }) => {
  const studio = new Studio(await open());
  await giveFile(studio, "paste", photo("chelsea.png"), "image.png");
  await expect(studio.slots).toHaveCount(1);
});

test("by link: the address itself is sent, and the vendor fetches it", async ({ studio: open, sim, stack }) => {
  const studio = new Studio(await open());
  await studio.page.getByRole("button", { name: "Add by link" }).click();
  const field = studio.page.getByLabel("Link to a picture");
  await field.fill("not a link");
  await field.press("Enter");
  await expect(studio.page.getByText("That is not a link to a picture")).toBeVisible();
  const address = `${stack.origin}/samples/coffee.jpg`;
  await field.fill(address);
  await field.press("Enter");
  await expect(studio.slots).toHaveCount(1);
  await studio.prompt.fill("Make it blue");
  const answer = await studio.runAndAnswer();
  expect(links(answer)).toHaveLength(1);
  const [call] = (await sim.requests()).filter((request) => request.method === "POST");
  if (call === undefined) throw new Error("nothing arrived");
  expect(JSON.parse((await sim.bodyOf(call)).toString()).input.messages[0].content[0]).toEqual({ image: address });
});

test("they can be put in order and taken out, and their numbers follow", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.choose(photo("astronaut.png"), photo("coffee.png"), photo("rocket.jpg"));
  await expect(studio.add).toBeHidden();
  await studio.page.getByRole("button", { name: "Move image 3 earlier" }).click();
  await studio.page.getByRole("button", { name: "Remove image 1" }).click();
  await expect(studio.slots).toHaveCount(2);
  await studio.prompt.fill("Combine Image 1 and Image 2");
  await studio.runAndAnswer();

  const [call] = (await sim.requests()).filter((request) => request.method === "POST");
  if (call === undefined) throw new Error("nothing arrived");
  const sent = JSON.parse((await sim.bodyOf(call)).toString()).input.messages[0].content;
  const base64 = (name: "rocket.jpg" | "coffee.png") => readFile(photo(name), "base64");
  expect(sent[0].image).toBe(`data:image/jpeg;base64,${await base64("rocket.jpg")}`);
  expect(sent[1].image).toBe(`data:image/png;base64,${await base64("coffee.png")}`);
});

test("they can be dragged into order", async ({ studio: open }) => {
  const studio = new Studio(await open());
  await studio.choose(photo("astronaut.png"), photo("coffee.png"));
  await studio.slots.nth(1).dragTo(studio.slots.nth(0));
  await expect(studio.receipt).toContainText(["Image 1 used as it is 600×400", "Image 2 used as it is 512×512"]);
  await expect(studio.page.locator(".drop-overlay")).toBeHidden();
});

test("a text file with a picture's name is refused by its content", async ({ studio: open }) => {
  const studio = new Studio(await open());
  const chooser = studio.page.waitForEvent("filechooser");
  await studio.add.click();
  await (await chooser).setFiles([
    { name: "notes.png", mimeType: "image/png", buffer: Buffer.from("Dear diary, this is no picture.") },
    { name: "coffee.png", mimeType: "image/png", buffer: await readFile(photo("coffee.png")) },
  ]);
  await expect(studio.page.getByRole("alert").filter({ hasText: "notes.png" })).toContainText("is not a picture");
  await expect(studio.slots, "the good one beside it is taken").toHaveCount(1);
});

test("a file over 60 MB is refused before anything is sent", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  const start = (await readFile(photo("astronaut.png"))).subarray(0, 4096);
  // Made in the page: too large to hand over.
  await studio.page.getByTestId("file-input").evaluate((input, start) => {
    const files = new DataTransfer();
    files.items.add(new File([new Uint8Array(start), new Uint8Array(60 * 1024 * 1024)], "large.png"));
    (input as HTMLInputElement).files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }, [...start]);
  await expect(studio.page.getByRole("alert").filter({ hasText: "large.png" })).toContainText("60.0 MB at most");
  await expect(studio.slots).toHaveCount(0);
  expect(await sim.requests()).toHaveLength(0);
});

test("a fourth picture is turned away with the reason", async ({ studio: open }) => {
  const studio = new Studio(await open());
  await studio.choose(photo("astronaut.png"), photo("coffee.png"), photo("rocket.jpg"));
  await giveFile(studio, "drop", photo("chelsea.png"), "chelsea.png");
  await expect(studio.page.getByText("3 pictures at most")).toBeVisible();
  await expect(studio.slots).toHaveCount(3);
});

test("words that speak of a picture that is not there get a warning, not a refusal", async ({ studio: open }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("coffee.png"), "Put Image 2 into Image 1");
  await expect(studio.page.getByText("mentions Image 2")).toBeVisible();
  await studio.run.click();
  await expect(studio.stage).toBeVisible();
});

/** Drops or pastes a file on the page with the events a browser sends. */
async function giveFile(studio: Studio, how: "drop" | "paste", file: string, name: string): Promise<void> {
  const base64 = await readFile(file, "base64");
  await studio.page.evaluate(
    ({ how, base64, name }) => {
      const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], name, { type: "image/png" }));
      if (how === "paste") {
        document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
        return;
      }
      for (const type of ["dragenter", "dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
      }
    },
    { how, base64, name },
  );
}
