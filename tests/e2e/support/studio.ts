/** The studio as its user sees it: one page object, so that a changed view changes one file. */
import { expect, type Download, type Locator, type Page, type Response } from "@playwright/test";
import { readFile } from "node:fs/promises";

export const GENERATION = "/api/v1/services/aigc/multimodal-generation/generation";

/** The vendor's answer, as far as the tests read it. */
export interface Answer {
  request_id: string;
  output: { choices: { message: { content: { image: string }[] } }[] };
  usage: { width: number; height: number };
}

export class Studio {
  readonly page: Page;
  readonly add: Locator;
  readonly slots: Locator;
  /** What will be sent, picture by picture. */
  readonly receipt: Locator;
  readonly prompt: Locator;
  readonly count: Locator;
  readonly seed: Locator;
  readonly model: Locator;
  readonly run: Locator;
  readonly cancel: Locator;
  readonly stage: Locator;
  readonly thumbs: Locator;
  readonly download: Locator;
  readonly downloadAll: Locator;
  readonly requestId: Locator;
  readonly settings: Locator;

  constructor(page: Page) {
    this.page = page;
    this.add = page.locator("#add-pictures");
    this.slots = page.locator(".slot");
    this.receipt = page.locator(".receipt li");
    this.prompt = page.locator("#prompt");
    this.count = page.locator("#count");
    this.seed = page.locator("#seed");
    this.model = page.locator("#model");
    this.run = page.locator("#run");
    this.cancel = page.locator("#cancel");
    this.stage = page.getByTestId("result");
    this.thumbs = page.locator(".filmstrip .thumb");
    this.download = page.locator("#download");
    this.downloadAll = page.locator("#download-all");
    this.requestId = page.getByTestId("request-id");
    this.settings = page.locator("#open-settings");
  }

  /** A failure or a note of the kind `id`. */
  notice(id: string): Locator {
    return this.page.locator(`[data-notice="${id}"]`);
  }

  /** Chooses files the way people do: the button opens the system's file chooser. */
  async choose(...files: string[]): Promise<void> {
    const before = await this.slots.count();
    const chooser = this.page.waitForEvent("filechooser");
    await this.add.click();
    await (await chooser).setFiles(files);
    await expect(this.slots).toHaveCount(before + files.length);
  }

  /** A picture and a sentence: the least that can be run. */
  async fill(picture: string, prompt = "Make it a watercolour"): Promise<void> {
    await this.choose(picture);
    await this.prompt.fill(prompt);
  }

  /**
   * Chooses the real region Beijing on a freshly loaded page. The relay of the tests offers the demo only; when it
   * does not list its regions, the page offers all it knows.
   */
  async chooseBeijing(): Promise<void> {
    await this.page.route("**/relay/relay.json", (route) => route.fulfill({ status: 404, body: "not here" }));
    await this.page.reload();
    await this.settings.click();
    await this.page.getByRole("radio", { name: /Beijing/ }).check();
    await this.page.getByRole("button", { name: "Done" }).click();
  }

  /** Presses Run and gives the vendor's answer as it passed through the relay. */
  async runAndAnswer(): Promise<Answer> {
    const answered = this.answered();
    await this.run.click();
    return (await (await answered).json()) as Answer;
  }

  answered(): Promise<Response> {
    return this.page.waitForResponse((response) => response.url().endsWith(GENERATION));
  }

  /** Every download that `press` starts, until there are `count`. */
  async downloads(count: number, press: () => Promise<void>): Promise<Download[]> {
    const seen: Download[] = [];
    const all = new Promise<void>((resolve) => {
      this.page.on("download", (download) => {
        seen.push(download);
        if (seen.length === count) resolve();
      });
    });
    await press();
    await all;
    return seen;
  }
}

export async function bytesOf(download: Download): Promise<Buffer> {
  return readFile(await download.path());
}

/** The picture behind a link, straight from the simulator. */
export async function bytesBehind(link: string): Promise<Buffer> {
  const answer = await fetch(link);
  expect(answer.status, "the simulator still has the picture").toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

export function links(answer: Answer): string[] {
  return answer.output.choices.flatMap((choice) => choice.message.content.map((item) => item.image));
}

/** Presses Tab until the element has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`80 presses of Tab never reached ${target}`);
}
