/** One relay that serves the built studio, in front of one simulator. Each test worker starts its own. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { start } from "./process.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const RELAY = process.env.QWEN_EDIT_TEST_RELAY ?? join(ROOT, "target/debug/relay-server");
const SIM = process.env.QWEN_EDIT_SIM_BIN ?? join(ROOT, "target/debug/qwen-edit-sim");
const DIST = process.env.QWEN_EDIT_DIST ?? join(ROOT, "dist");

/** What the simulator takes for a call: long enough for a test to see the page wait. */
export const USUAL_LATENCY = "300ms";

export interface Stack {
  /** Where the studio is, for example `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** The simulator's control address. */
  readonly control: string;
  /** Where the simulator takes the vendor's place. */
  readonly upstream: string;
  stop(): Promise<void>;
}

/** Whose pages may call the relay, what it serves, and how fast the answers are. */
export interface StackOptions {
  readonly allowedOrigins: readonly string[];
  readonly staticDir: string;
  /** As the simulator's `--latency`. */
  readonly latency: string;
}

/** Starts a simulator, then a relay in front of it, both on ports of their own. */
export async function startStack(
  options: StackOptions = { allowedOrigins: ["self"], staticDir: DIST, latency: USUAL_LATENCY },
): Promise<Stack> {
  const sim = await start(
    SIM,
    ["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--latency", options.latency],
    [/^listening (\S+)/, /^control (\S+)/],
  );
  const [upstream = "", control = ""] = sim.announced;
  const folder = await mkdtemp(join(tmpdir(), "qwen-edit-e2e-"));
  try {
    const config = join(folder, "relay.toml");
    await writeFile(config, relayConfig(upstream, options));
    const relay = await start(RELAY, ["--config", config], [/^listening (\S+)/]);
    const [origin = ""] = relay.announced;
    return {
      origin,
      control,
      upstream,
      async stop() {
        await Promise.all([relay.stop(), sim.stop()]);
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await sim.stop();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/**
 * A stack that `cargo xtask test` started for us: of `trunk serve`, or of `cargo xtask start`, whose simulator's
 * control address is its own affair.
 */
export function stackFromEnvironment(): Stack | undefined {
  const origin = process.env.QWEN_EDIT_STUDIO_ORIGIN;
  if (origin === undefined) return undefined;
  const control = process.env.QWEN_EDIT_SIM_CONTROL ?? "";
  return { origin, control, upstream: "", stop: async () => {} };
}

/** On loopback the relay's own origin follows from the port it was given. */
function relayConfig(upstream: string, { allowedOrigins, staticDir }: StackOptions): string {
  // JSON strings are TOML strings.
  const text = JSON.stringify;
  return `
listen = "127.0.0.1:0"
allowed_origins = ${text(allowedOrigins)}
static_dir = ${text(staticDir)}

[regions.demo]
upstream = ${text(upstream)}
result_origins = [${text(upstream)}]
`;
}
