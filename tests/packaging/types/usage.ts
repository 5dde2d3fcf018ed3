/** The public types, used as a developer would. Compiled, never run: a wrong type does not compile. */
import { QwenEdit, QwenEditError, type EditResult, type Progress, type Violation } from "qwen-edit";
import { init, QwenEdit as SlimQwenEdit } from "qwen-edit/slim";
import { QwenEdit as InlineQwenEdit } from "qwen-edit/inline";

export async function all(files: FileList, signal: AbortSignal): Promise<Blob[]> {
  const client = await QwenEdit.create({ relay: "/relay", region: "singapore", fetch: (request) => fetch(request) });
  const result: EditResult = await client.edit({
    images: [...files, new Blob([]), "https://example.com/a.png"],
    prompt: "图1",
    n: 2,
    size: "1024*1024",
    fit: { maxBodyBytes: 6_000_000 },
    signal,
    onProgress: describe,
    jobId: crypto.randomUUID(),
  });
  const expiry: Date | undefined = result.images[0]?.expiresAt;
  if (expiry !== undefined && expiry < new Date()) return [];
  return Promise.all(result.images.map((image) => image.blob({ signal })));
}

/** A file input's list is taken as it is. */
export async function list(client: QwenEdit, files: FileList): Promise<number | undefined> {
  const { violations, warnings } = client.validate({ images: files, prompt: "" });
  const fields: string[] = [...violations, ...warnings].map((violation: Violation) => violation.field);
  return client.estimate({ images: files, prompt: fields.join() })?.cny;
}

function describe(progress: Progress): void {
  switch (progress.phase) {
    case "encode":
      return show(progress.doneBytes / progress.totalBytes);
    case "sent":
      return show(progress.bodyBytes);
    case "fit":
      return show(progress.picture);
    case "accepted":
      return show(1);
  }
}

declare function show(share: number): void;

export function words(error: unknown): string {
  if (!(error instanceof QwenEditError)) return "";
  const charged: "no" | "yes" | "unknown" = error.charged;
  const retry: "safe" | "ask" | "never" = error.retry;
  return `${error.name} ${error.code} ${charged} ${retry} ${error.status ?? 0} ${error.requestId ?? ""}`;
}

export async function slim(): Promise<SlimQwenEdit> {
  await init(fetch("/qwen-edit.wasm"));
  return SlimQwenEdit.create({ relay: "/relay", wasm: new ArrayBuffer(8) });
}

export const inline: Promise<InlineQwenEdit> = InlineQwenEdit.create({ relay: "/relay" });

export async function misuse(client: QwenEdit): Promise<void> {
  // @ts-expect-error A relay must be named.
  await QwenEdit.create({});
  // @ts-expect-error A misspelt option.
  await client.edit({ images: [], prompt: "", negative_prompt: "" });
  // @ts-expect-error Only `create` makes one.
  new QwenEdit();
  // @ts-expect-error A number is no picture.
  client.validate({ images: [1], prompt: "" });
  // @ts-expect-error No model is a number.
  const id: number = client.models()[0]?.id;
  show(id);
}
