/** Keys are kept as promised, and what the relay cannot do is said. */
import { expect, photo, test } from "./fixtures.ts";
import { links, Studio } from "./support/studio.ts";

const KEY = "sk-e2e-canary-7d1f";

test("without a key for a real region, Run asks for one and sends nothing", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.chooseBeijing();
  await studio.fill(photo("coffee.png"));
  await studio.run.click();
  await expect(studio.page.getByLabel("API key", { exact: true })).toBeVisible();
  expect(await sim.requests()).toHaveLength(0);
});

test("a key is forgotten with the page, unless it is to be remembered", async ({ studio: open }) => {
  const studio = new Studio(await open());
  const { page } = studio;
  const key = page.getByLabel("API key", { exact: true });
  await studio.chooseBeijing();
  await studio.settings.click();
  await key.fill(KEY);
  expect(await stored(studio)).not.toContain(KEY);
  await page.reload();
  await studio.settings.click();
  await expect(key).toHaveValue("");

  await key.fill(KEY);
  await page.getByLabel("Remember on this device").check();
  expect(await stored(studio)).toContain(KEY);
  await page.reload();
  await studio.settings.click();
  await expect(key).toHaveValue(KEY);

  await page.getByRole("button", { name: "Forget key" }).click();
  expect(await stored(studio)).not.toContain(KEY);
});

test("the key is in no address and in no text of the page", async ({ studio: open }) => {
  const studio = new Studio(await open());
  const { page } = studio;
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  await studio.chooseBeijing();
  await studio.fill(photo("coffee.png"));
  await studio.settings.click();
  await page.getByLabel("API key", { exact: true }).fill(KEY);
  await page.getByRole("button", { name: "Done" }).click();
  // The real service cannot be reached from a test; what matters is what leaves the page.
  await page.route("**/relay/beijing/**", (route) =>
    route.fulfill({ status: 401, json: { code: "InvalidApiKey", message: "Invalid API-key provided.", request_id: "r" } }),
  );
  const sent = page.waitForRequest("**/relay/beijing/**");
  await studio.run.click();
  expect((await sent).headers()["authorization"]).toBe(`Bearer ${KEY}`);
  await expect(studio.notice("invalid-api-key")).toBeVisible();
  expect(addresses.join("\n")).not.toContain(KEY);
  expect(await page.locator("body").innerText()).not.toContain(KEY);
});

test("on a plain relay pictures are shown by their links, and the page says what it cannot do", async ({
  studio: open,
}) => {
  const studio = new Studio(await open());
  const { page } = studio;
  await page.route("**/relay/relay.json", (route) => route.fulfill({ status: 404, body: "not here" }));
  await page.reload();
  await studio.fill(photo("coffee.png"));
  const answer = await studio.runAndAnswer();
  await expect(studio.stage).toHaveAttribute("src", links(answer)[0] ?? "");
  await expect(page.getByText("This is a plain relay")).toBeVisible();
  await expect(page.getByRole("link", { name: "Open original" })).toBeVisible();
  await expect(studio.download).toBeHidden();
});

test("a relay that holds the key needs none from the person", async ({ studio: open }) => {
  const studio = new Studio(await open());
  const { page } = studio;
  await page.route("**/relay/relay.json", async (route) => {
    const answer = await route.fetch();
    const info = await answer.json();
    await route.fulfill({ json: { ...info, regions: [{ id: "beijing", key: "server" }] } });
  });
  await page.reload();
  await expect(page.locator(".pill")).toContainText("Beijing");
  await studio.settings.click();
  await expect(page.getByText("This site holds the key")).toBeVisible();
  await expect(page.locator(".regions").getByRole("radio")).toHaveCount(1);
});

test("appearance and language are remembered", async ({ studio: open }) => {
  const studio = new Studio(await open({ theme: "light" }));
  const { page } = studio;
  await page.getByRole("button", { name: /^Appearance/ }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.locator("#switch-language").click();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
});

test("losing the network is said in the bar", async ({ studio: open }) => {
  const studio = new Studio(await open());
  await studio.page.context().setOffline(true);
  await expect(studio.page.locator(".pill")).toContainText("You are offline");
  await studio.page.context().setOffline(false);
  await expect(studio.page.locator(".pill")).toContainText("Demo");
});

async function stored(studio: Studio): Promise<string> {
  return studio.page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }));
}
