/** The development server of the example `next`, before the relay of the test run. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { start, type Running } from "../../e2e/support/process.ts";
import { EXAMPLES, WORK } from "./fixtures-list.ts";

/** Where the example's configuration sends calls of the page. */
const RELAY = "http://127.0.0.1:8080";

/** Announces its origin. The pages were built before; only the address of the relay is another one. */
export async function startNext(relay: string): Promise<Running> {
  const folder = join(WORK, "example-next");
  const config = await readFile(join(EXAMPLES, "next/next.config.mjs"), "utf8");
  await writeFile(join(folder, "next.config.mjs"), config.replaceAll(RELAY, relay));
  return start(
    process.execPath,
    [join(folder, "node_modules/next/dist/bin/next"), "dev", "--port", "0", "--hostname", "127.0.0.1"],
    [/Local:\s+(http:\/\/[\w.:]+)/],
    { cwd: folder, env: { ...process.env, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1" } },
  );
}
