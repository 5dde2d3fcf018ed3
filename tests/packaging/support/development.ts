/** A fixture's development server, as `npm run dev` starts it, with the simulator in the vendor's place. */
import { join } from "node:path";
import { start, type Running } from "../../e2e/support/process.ts";
import type { Behind } from "./site.ts";

/** Announces its origin. */
export function startDevelopment(folder: string, { upstream }: Behind): Promise<Running> {
  const vite = join(folder, "node_modules/vite/bin/vite.js");
  return start(
    process.execPath,
    [vite, "--config", "vite.simulator.config.js", "--host", "127.0.0.1"],
    [/Local:\s+(http:\/\/[\d.:]+)/],
    { cwd: folder, env: { ...process.env, NO_COLOR: "1", QWEN_EDIT_UPSTREAM: upstream } },
  );
}
