import { expect, test } from "./fixtures.ts";

test("the page loads and says what it is", async ({ studio }) => {
  const page = await studio();
  await expect(page).toHaveTitle(/Qwen Edit/);
  await expect(page.getByRole("main")).toBeVisible();
});
