/** Child processes of a test run: start one, wait for the line that says where it listens, end it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 5_000;

export interface Running {
  /** The first match of every pattern asked for, in the order asked. */
  readonly announced: readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts `program` and waits until its stdout has shown a match of each pattern (first capture group).
 * Rejects with the program's own output when it ends or stays silent for too long.
 */
export async function start(
  program: string,
  args: readonly string[],
  patterns: readonly RegExp[],
  place: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Running> {
  const child = spawn(program, args, { ...place, stdio: ["ignore", "pipe", "pipe"] });
  // A worker that Playwright ends must not leave its servers behind.
  const killChild = () => child.kill("SIGKILL");
  process.once("exit", killChild);

  const output: string[] = [];
  const announced = await new Promise<string[]>((resolve, reject) => {
    const fail = (why: string) =>
      reject(new Error(`${program} ${args.join(" ")}: ${why}\n${output.join("\n")}`));
    const deadline = setTimeout(() => fail(`no ready line in ${START_DEADLINE_MS} ms`), START_DEADLINE_MS);
    const found = new Map<RegExp, string>();
    const read = (line: string) => {
      output.push(line);
      for (const pattern of patterns) {
        const value = pattern.exec(line)?.[1];
        if (value !== undefined && !found.has(pattern)) found.set(pattern, value);
      }
      if (found.size === patterns.length) {
        clearTimeout(deadline);
        resolve(patterns.map((pattern) => found.get(pattern) ?? ""));
      }
    };
    createInterface(child.stdout).on("line", read);
    createInterface(child.stderr).on("line", (line) => output.push(line));
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code, signal) => fail(`ended early (${signal ?? code})`));
  }).catch((error: unknown) => {
    killChild();
    throw error;
  });

  return {
    announced,
    async stop() {
      process.off("exit", killChild);
      await end(child);
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const deadline = setTimeout(() => child.kill("SIGKILL"), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(deadline);
}
