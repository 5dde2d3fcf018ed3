/** Each way a run can fail says its own sentence, what it cost, and keeps the pictures and the words. */
import { expect, photo, test } from "./fixtures.ts";
import type { Fault } from "./support/sim.ts";
import { links, Studio } from "./support/studio.ts";

const PROMPT = "Make it a watercolour";

interface Row {
  name: string;
  fault: Fault;
  /** Which advice is shown. */
  notice: string;
  cost: "Nothing was charged" | "This may have been charged";
  /** What a helper needs to see in the details. */
  code?: string;
}

const rows: Row[] = [
  {
    name: "400: a parameter the service does not like",
    fault: {
      status: 400,
      code: "InvalidParameter",
      message: "Image area must be between 262144 and 4194304 pixels. Got area=9 (width=3, height=3).",
    },
    notice: "size-not-allowed",
    cost: "Nothing was charged",
    code: "InvalidParameter",
  },
  {
    name: "400: the content check",
    fault: { status: 400, code: "DataInspectionFailed" },
    notice: "input-rejected",
    cost: "Nothing was charged",
    code: "DataInspectionFailed",
  },
  { name: "401", fault: { status: 401, code: "InvalidApiKey" }, notice: "invalid-api-key", cost: "Nothing was charged", code: "InvalidApiKey" },
  { name: "403", fault: { status: 403, code: "Model.AccessDenied" }, notice: "no-permission", cost: "Nothing was charged", code: "Model.AccessDenied" },
  { name: "429", fault: { status: 429, code: "Throttling.RateQuota" }, notice: "rate-limited", cost: "Nothing was charged", code: "Throttling.RateQuota" },
  { name: "500 JSON", fault: { status: 500, code: "InternalError.Algo" }, notice: "server-error", cost: "Nothing was charged", code: "InternalError.Algo" },
  { name: "502 HTML", fault: { html: 502 }, notice: "relay:upstream_not_json", cost: "This may have been charged" },
  { name: "a connection dropped before the answer", fault: { drop: "before" }, notice: "relay:outcome_unknown", cost: "This may have been charged" },
  { name: "a connection dropped in the middle of the answer", fault: { drop: "mid" }, notice: "relay:outcome_unknown", cost: "This may have been charged" },
  { name: "200 with a code", fault: { code_in_200: "InternalError.FileUpload" }, notice: "result-not-saved", cost: "Nothing was charged", code: "InternalError.FileUpload" },
];

for (const { name, fault, notice, cost, code } of rows) {
  test(name, async ({ studio: open, sim }) => {
    const studio = new Studio(await open());
    await studio.fill(photo("astronaut.png"), PROMPT);
    await sim.faults(fault);
    await studio.run.click();

    const card = studio.notice(notice);
    await expect(card).toBeVisible();
    await expect(card).toBeInViewport();
    await expect(card).toContainText(cost);
    await expect(card.getByRole("heading")).not.toBeEmpty();
    if (code !== undefined) {
      await card.getByText("Technical details").click();
      await expect(card).toContainText(code);
    }
    await expect(studio.slots).toHaveCount(1);
    await expect(studio.prompt).toHaveValue(PROMPT);

    // Never sent again by itself; the next press is the person's, and it works.
    expect(await paidCalls(sim)).toBe(1);
    await studio.run.click();
    await expect(studio.stage).toBeVisible();
    await expect(card).toBeHidden();
    expect(await paidCalls(sim)).toBe(2);
  });
}

test("each failure is said in its own words, in both languages", async ({ studio: open, sim }) => {
  for (const locale of ["en-US", "zh-CN"] as const) {
    const studio = new Studio(await open({ locale }));
    await studio.fill(photo("chelsea.png"), PROMPT);
    const sentences: string[] = [];
    for (const { fault, notice } of rows) {
      await sim.faults(fault);
      await studio.run.click();
      const card = studio.notice(notice);
      await expect(card).toBeVisible();
      sentences.push(await card.getByRole("heading").innerText());
      await card.getByRole("button", { name: locale === "zh-CN" ? "知道了" : "Dismiss" }).click();
      await expect(card).toBeHidden();
    }
    // The two dropped connections are the same thing to the person.
    expect(new Set(sentences).size, sentences.join(" | ")).toBe(rows.length - 1);
  }
});

test("the sentences about failures are loaded before there is one", async ({ studio: open }) => {
  const page = await open();
  const loaded = page.waitForResponse((response) => response.url().endsWith("/advice-en.json") && response.ok());
  await page.reload();
  await loaded;
  const other = page.waitForResponse((response) => response.url().endsWith("/advice-zh.json") && response.ok());
  await page.locator("#switch-language").click();
  await other;
});

test("a failure whose sentences cannot be loaded is told in short words, and in its own as soon as they come", async ({
  studio: open,
  sim,
}) => {
  for (const [locale, short, own] of [
    ["en-US", "Please wait a little", "Too many requests in a short time"],
    ["zh-CN", "请稍等一会儿再试", "请求有点太密了"],
  ] as const) {
    const studio = new Studio(await open({ locale }));
    const { page } = studio;
    await page.route("**/advice-*.json", (route) => route.abort("connectionrefused"));
    await page.reload();
    await studio.fill(photo("coffee.png"), PROMPT);
    const fail = async () => {
      await sim.faults({ status: 429, code: "Throttling.RateQuota" });
      await studio.run.click();
    };
    await fail();
    const card = studio.notice("rate-limited");
    await expect(card).toContainText(short);
    await expect(card.getByRole("heading")).not.toBeEmpty();
    await page.unroute("**/advice-*.json");
    await fail();
    await expect(card.getByRole("heading")).toHaveText(own);
  }
});

test("partial success shows what was made and says what is missing", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("coffee.png"), PROMPT);
  await studio.count.fill("3");
  await sim.faults({ partial: 2 });
  await studio.run.click();
  await expect(studio.thumbs).toHaveCount(2);
  await expect(studio.notice("partial")).toContainText("2 of 3");
  await expect(studio.stage).toBeVisible();
  await expect(studio.slots).toHaveCount(1);
  await expect(studio.prompt).toHaveValue(PROMPT);
});

test("an expired link says so, keeps the input, and costs no second call", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("coffee.png"), PROMPT);
  // The link is dead before the page can use it: the answer arrives after the link's life.
  await sim.faults({ link_life_ms: 1, slow_body: 2500 });
  await studio.run.click();
  await expect(studio.notice("relay:link_expired")).toBeVisible();
  await expect(studio.slots).toHaveCount(1);
  await expect(studio.prompt).toHaveValue(PROMPT);
  expect(await paidCalls(sim)).toBe(1);
});

test("the relay gone in the middle of a run is an open outcome, said as one", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("coffee.png"), PROMPT);
  await studio.page.route("**/generation", (route) => route.abort("connectionreset"));
  await studio.run.click();
  await expect(studio.notice("network-lost")).toContainText("This may have been charged");
  await expect(studio.slots).toHaveCount(1);
  expect(await paidCalls(sim)).toBe(0);
});

test("cancelling stops waiting, says what it may have cost, and sends nothing again", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("coffee.png"), PROMPT);
  await sim.faults({ delay_ms: 20_000 });
  await studio.run.click();
  await expect.poll(() => paidCalls(sim)).toBe(1);
  await studio.cancel.click();
  await expect(studio.notice("cancelled")).toContainText("This may have been charged");
  await expect(studio.run).toBeVisible();
  expect(await paidCalls(sim)).toBe(1);
});

test("a picture on a host the relay does not know keeps a way to it", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("coffee.png"), PROMPT);
  await sim.faults({ unknown_host_links: true });
  const answer = await studio.runAndAnswer();
  const note = studio.notice("relay:target_not_allowed");
  await expect(note).toBeVisible();
  await expect(note.getByRole("link", { name: "Open original" })).toHaveAttribute("href", links(answer)[0] ?? "");
  expect(await paidCalls(sim)).toBe(1);
});

test("a relay that was away when the page opened still brings the paid picture", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.page.route("**/relay/relay.json", (route) => route.abort("connectionrefused"));
  await studio.page.reload();
  await studio.fill(photo("coffee.png"), PROMPT);
  await studio.run.click();
  await expect(studio.stage).toHaveAttribute("src", /^blob:/);
  expect(await paidCalls(sim)).toBe(1);
});

test("what may have been paid is made again only by a choice that says so", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("coffee.png"), PROMPT);
  await sim.faults({ drop: "before" });
  await studio.run.click();
  const card = studio.notice("relay:outcome_unknown");
  await expect(card.getByRole("button", { name: "Try again", exact: true })).toBeHidden();
  await card.getByRole("button", { name: "may be charged twice" }).click();
  await expect(studio.stage).toBeVisible();
  expect(await paidCalls(sim)).toBe(2);
});

test("Ctrl + Enter runs once, also when it is held down, and never behind a dialog", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  const { page } = studio;
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.locator("#prompt-problem")).toBeVisible();
  await studio.fill(photo("coffee.png"), PROMPT);
  await studio.settings.click();
  await page.keyboard.press("ControlOrMeta+Enter");
  await page.keyboard.press("Escape");
  expect(await paidCalls(sim)).toBe(0);
  await sim.faults({ status: 429, code: "Throttling.RateQuota" });
  await studio.prompt.focus();
  await page.keyboard.down("Control");
  await page.keyboard.down("Enter");
  await expect(studio.notice("rate-limited")).toBeVisible();
  // The same key again while it is down: a repeat.
  await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  await page.keyboard.up("Control");
  await expect(studio.run).toBeVisible();
  expect(await paidCalls(sim)).toBe(1);
});

test("earlier results stay in reach while a new run goes on", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("coffee.png"), PROMPT);
  await studio.run.click();
  await expect(studio.stage).toBeVisible();
  await sim.faults({ delay_ms: 20_000 });
  await studio.run.click();
  await expect(studio.cancel).toBeVisible();
  await expect(studio.stage).toBeVisible();
  const [download] = await studio.downloads(1, () => studio.download.click());
  expect(download?.suggestedFilename()).toMatch(/^qwen-edit-/);
  await studio.cancel.click();
});

test("pressing Run twice quickly is one call", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("coffee.png"), PROMPT);
  await studio.run.dblclick();
  await expect(studio.stage).toBeVisible();
  expect(await paidCalls(sim)).toBe(1);
});

test("leaving the page during a run asks first", async ({ studio: open, sim }) => {
  const studio = new Studio(await open());
  await studio.fill(photo("coffee.png"), PROMPT);
  await sim.faults({ delay_ms: 20_000 });
  await studio.run.click();
  await expect(studio.cancel).toBeVisible();
  const asked = studio.page.waitForEvent("dialog");
  // The navigation hangs on the question; its own promise is of no interest.
  void studio.page.reload().catch(() => undefined);
  const dialog = await asked;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await expect(studio.cancel).toBeVisible();
  await studio.cancel.click();
});

async function paidCalls(sim: { requests(): Promise<{ method: string }[]> }): Promise<number> {
  return (await sim.requests()).filter((request) => request.method === "POST").length;
}
