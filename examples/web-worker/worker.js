import { QwenEdit } from "./qwen-edit/index.js";

addEventListener("message", async ({ data: { file, prompt } }) => {
  try {
    const client = await QwenEdit.create({ relay: "/relay", region: "demo" });
    const result = await client.edit({
      images: [file],
      prompt,
      onProgress: ({ phase }) => postMessage({ phase }),
    });
    postMessage({ picture: await result.images[0].blob() });
  } catch (error) {
    postMessage({ error: error.message });
  }
});
