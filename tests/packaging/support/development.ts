/** An example's development server, as `npm start` starts it, before the relay and the simulator of the test run. */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { start, type Running } from "../../e2e/support/process.ts";
import type { Behind } from "./site.ts";

/** Changes what is behind the proxy. */
const CONFIG = "vite.test.config.js";

/** Announces its origin. */
export async function startDevelopment(folder: string, { relay, upstream }: Behind): Promise<Running> {
  await copyFile(join(import.meta.dirname, CONFIG), join(folder, CONFIG));
  const vite = join(folder, "node_modules/vite/bin/vite.js");
  return start(
    process.execPath,
    [vite, "--config", CONFIG, "--host", "127.0.0.1"],
    [/Local:\s+(http:\/\/[\d.:]+)/],
    { cwd: folder, env: { ...process.env, NO_COLOR: "1", QWEN_EDIT_RELAY: relay, QWEN_EDIT_UPSTREAM: upstream } },
  );
}
