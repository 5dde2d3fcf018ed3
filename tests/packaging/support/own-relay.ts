/** The relay of the example `own-relay`, with its own configuration, on a port of its own, before the run's simulator. */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { start, type Running } from "../../e2e/support/process.ts";
import { EXAMPLES } from "./fixtures-list.ts";

const RELAY = process.env.QWEN_EDIT_TEST_RELAY ?? resolve(EXAMPLES, "../target/debug/relay-server");

export interface OwnRelay extends Pick<Running, "stop"> {
  readonly origin: string;
  /** A token for Anna, of an invite made for this run. */
  readonly invite: string;
}

/** Lets the page of `origin` call it. */
export async function startOwnRelay(origin: string, upstream: string): Promise<OwnRelay> {
  const { stdout } = await promisify(execFile)(RELAY, ["invite", "anna"]);
  const [invite = ""] = /qei_\S+/.exec(stdout) ?? [];
  const [hash = ""] = /[0-9a-f]{64}/.exec(stdout) ?? [];
  const settings = [
    `regions.demo.upstream = ${JSON.stringify(upstream)}`,
    `regions.demo.result_origins = [${JSON.stringify(upstream)}]`,
    `access.invites = [{ name = "anna", token_sha256 = "${hash}", images_per_day = 20 }]`,
  ];
  const relay = await start(
    RELAY,
    [
      ...["--config", resolve(EXAMPLES, "own-relay/relay.toml")],
      ...["--listen", "127.0.0.1:0", "--allowed-origins", origin],
      ...settings.flatMap((setting) => ["--set", setting]),
    ],
    [/^listening (\S+)/],
    { env: { ...process.env, DASHSCOPE_API_KEY: "sk-of-the-relay" } },
  );
  const [address = ""] = relay.announced;
  return { origin: address, invite, stop: () => relay.stop() };
}
