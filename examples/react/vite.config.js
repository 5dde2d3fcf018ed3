import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  server: {
    // The relay takes calls from this origin only.
    port: 3000,
    strictPort: true,
    // Where nginx or Caddy put the relay on a real site; this one is that of `cargo xtask start`.
    proxy: { "/relay": "http://127.0.0.1:8080" },
  },
});
