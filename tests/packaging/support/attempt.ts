/** Trying one line of JavaScript in the page "plain", and telling what came of it. */
import type { Page } from "@playwright/test";

/** An expression of `qwenEdit`, `create`, `client` (of the region demo), `relay` and `file`. */
export type Attempt = string;

export interface Told {
  /** The constructor's name of what was thrown. */
  type: string;
  isError: boolean;
  isQwenEditError: boolean;
  hasStack: boolean;
  name: string;
  message: string;
  code: string;
  status: number;
  requestId: string;
  retry: string;
  charged: string;
  /** The fields of all violations. */
  fields: string[];
  /** The value itself, when it was no error. */
  thrown: unknown;
  /** How many pictures came, when nothing was thrown. */
  images: number;
}

/** Puts the file into the page; the client is made by the first attempt and used by all. */
export async function ready(page: Page, file: string): Promise<Page> {
  await page.locator("#files").setInputFiles(file);
  return page;
}

export async function attempt(
  page: Page,
  relay: string,
  code: Attempt,
  { client = true } = {},
): Promise<Partial<Told>> {
  return page.evaluate(
    async ({ relay, code, client }) => {
      const scope = globalThis as unknown as {
        qwenEdit: typeof import("qwen-edit");
        client?: import("qwen-edit").QwenEdit;
      };
      const { qwenEdit } = scope;
      const create = (options: never) => qwenEdit.QwenEdit.create(options);
      // Creating it would load the wasm file.
      const wanted = client && /\bclient\b/.test(code);
      if (wanted) scope.client ??= await qwenEdit.QwenEdit.create({ relay, region: "demo" });
      const file = document.querySelector<HTMLInputElement>("#files")?.files?.[0];
      const names = ["qwenEdit", "create", "client", "relay", "file"];
      const work = new Function(...names, `return (async () => (${code}))()`) as (...values: unknown[]) => Promise<unknown>;
      try {
        const result = (await work(qwenEdit, create, scope.client, relay, file)) as { images?: unknown[] } | undefined;
        return { images: result?.images?.length ?? 0 };
      } catch (thrown) {
        if (!(thrown instanceof Error)) return { isError: false, thrown };
        const { name, message, stack } = thrown;
        const { code, status, requestId, retry, charged, violations } = thrown as import("qwen-edit").QwenEditError;
        return {
          type: thrown.constructor.name,
          isError: true,
          isQwenEditError: thrown instanceof qwenEdit.QwenEditError,
          hasStack: (stack ?? "").includes("\n"),
          name,
          message,
          code,
          status,
          requestId,
          retry,
          charged,
          fields: violations?.map((violation) => violation.field),
        };
      }
    },
    { relay, code, client },
  ) as Promise<Partial<Told>>;
}
