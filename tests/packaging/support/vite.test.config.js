// Copied beside an example's vite.config.js: the same, with the servers of the test run behind its proxy.
import { mergeConfig } from "vite";
import config from "./vite.config.js";

/** Where calls of an example go, and who takes them here. */
const STAND_INS = {
  "http://127.0.0.1:8080": process.env.QWEN_EDIT_RELAY,
  "https://dashscope.aliyuncs.com": process.env.QWEN_EDIT_UPSTREAM,
};

const proxy = Object.entries(config.server.proxy).map(([path, how]) => {
  const options = typeof how === "string" ? { target: how, changeOrigin: true } : how;
  return [path, { ...options, target: STAND_INS[options.target] }];
});

export default mergeConfig({ ...config, server: {} }, {
  server: {
    // Of the test run's own port, behind another one: nothing is reloaded.
    port: 0,
    hmr: false,
    proxy: Object.fromEntries(proxy),
  },
});
