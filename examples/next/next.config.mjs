import { PHASE_DEVELOPMENT_SERVER } from "next/constants.js";

const development = {
  // Where nginx or Caddy put the relay on a real site; this one is that of `cargo xtask start`.
  rewrites: async () => [{ source: "/relay/:path*", destination: "http://127.0.0.1:8080/relay/:path*" }],
  // An edit takes up to 300 seconds and is paid, and three pictures are large; Next would give up after 30 seconds, and
  // cut what is sent after 10 MB.
  experimental: { proxyTimeout: 310_000, proxyClientMaxBodySize: "50mb" },
};

// Files for a server of any kind, which has the relay behind /relay.
const files = { output: "export", trailingSlash: true };

export default (phase) => (phase === PHASE_DEVELOPMENT_SERVER ? development : files);
