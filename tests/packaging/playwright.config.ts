/**
 * How the packaging tests run. `cargo xtask test --only packaging` sets everything up; by hand, build first
 * (`cargo xtask npm`, `cargo build -p relay-server -p qwen-edit-sim`), then `npx playwright test`.
 */
import { defineConfig, devices } from "@playwright/test";

const jsonReport = process.env.QWEN_EDIT_E2E_REPORT;

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../../target/packaging/test-results",
  globalSetup: "./support/prepare.ts",
  // Each worker has a page server, a relay and a simulator of its own.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: jsonReport ? [["list"], ["json", { outputFile: jsonReport }]] : [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    browserName: "chromium",
    // A trace fetches the page's pictures itself, which the strict policy of some pages forbids.
    trace: "off",
    launchOptions: {
      executablePath: process.env.QWEN_EDIT_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        // No packet leaves the machine: the browser's own chatter is off.
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
