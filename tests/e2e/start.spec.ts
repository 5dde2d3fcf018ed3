/** What `cargo xtask start` gives a newcomer: a page that edits a photo at once, without a key. */
import { expect, photo, test } from "./fixtures.ts";
import { bytesBehind, bytesOf, links, Studio } from "./support/studio.ts";

test("the page edits a photo in the region demo and gives the file", async ({ studio: open }) => {
  const studio = new Studio(await open());
  await expect(studio.page).toHaveTitle(/Qwen Edit/);
  await studio.fill(photo("astronaut.png"), "Make it a watercolour");
  const answer = await studio.runAndAnswer();
  await expect(studio.stage).toHaveJSProperty("naturalWidth", answer.usage.width);
  const [download] = await studio.downloads(1, () => studio.download.click());
  if (download === undefined) throw new Error("unreachable");
  const [file, original] = await Promise.all([bytesOf(download), bytesBehind(links(answer)[0] ?? "")]);
  expect(file.equals(original)).toBe(true);
});
