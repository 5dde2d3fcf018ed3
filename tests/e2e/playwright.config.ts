/**
 * How the browser tests run. `cargo xtask test --only e2e` sets everything up; by hand, build first
 * (`cargo xtask build`, `cargo build -p relay-server -p qwen-edit-sim`), then `npx playwright test`.
 */
import { defineConfig, devices } from "@playwright/test";

const jsonReport = process.env.QWEN_EDIT_E2E_REPORT;

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "test-results",
  // Each worker has a relay and a simulator of its own, so tests of different workers cannot meet.
  workers: 2,
  fullyParallel: false,
  // A test that passes only sometimes is a bug in the test or in the product: never tried twice.
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: jsonReport ? [["list"], ["json", { outputFile: jsonReport }]] : [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    browserName: "chromium",
    video: "off",
    trace: "retain-on-failure",
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
  projects: [
    { name: "studio", testIgnore: ["start.spec.ts", "trunk-serve.spec.ts"] },
    { name: "start", testMatch: "start.spec.ts" },
    { name: "trunk-serve", testMatch: "trunk-serve.spec.ts" },
  ],
});
