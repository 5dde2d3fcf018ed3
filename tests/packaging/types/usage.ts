/** The public types, used as a developer would. Compiled, never run: a wrong type does not compile. */
import { QwenEdit, QwenEditError, type EditResult, type FitReason, type FitReceipt, type Progress, type Violation } from "qwen-edit";
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

/** What was done to each picture that went in, in words. */
export async function receipts(client: QwenEdit, images: (File | string)[]): Promise<string[]> {
  const result = await client.edit({ images, prompt: "图1", fit: true });
  return (result.receipts ?? []).map((receipt: FitReceipt | undefined) => {
    if (receipt === undefined) return "a link";
    if (receipt.unchanged) return "as it was";
    const reasons: FitReason[] = receipt.reasons;
    const { format, bytes, width, height } = receipt.after;
    return `${reasons.join()}: ${format}, ${width} × ${height}, ${bytes} bytes, ${receipt.quality ?? 100} %`;
  });
}

/** Files as they are. */
export async function unfitted(client: QwenEdit, file: File): Promise<boolean> {
  const result = await client.edit({ images: [file], prompt: "图1", fit: false });
  return result.receipts?.[0] === undefined;
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
    case "reconnecting":
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
  // @ts-expect-error A misspelt option of fitting.
  await client.edit({ images: [], prompt: "", fit: { maxBytes: 1 } });
  // @ts-expect-error A number is no picture.
  client.validate({ images: [1], prompt: "" });
  // @ts-expect-error No model is a number.
  const id: number = client.models()[0]?.id;
  show(id);
}
