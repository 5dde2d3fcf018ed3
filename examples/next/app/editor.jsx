"use client";

import { useState } from "react";
import { QwenEdit } from "qwen-edit";

export function Editor() {
  const [status, setStatus] = useState("");
  const [address, setAddress] = useState();
  const [isRunning, setRunning] = useState(false);

  async function edit(event) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setRunning(true); // One press is one paid edit.
    try {
      const client = await QwenEdit.create({ relay: "/relay", region: "demo" });
      const result = await client.edit({
        images: form.getAll("picture"),
        prompt: form.get("prompt"),
        onProgress: ({ phase }) => setStatus(`${phase} …`),
      });
      setAddress(URL.createObjectURL(await result.images[0].blob()));
      setStatus("Done.");
    } catch (error) {
      setStatus(error.message);
    } finally {
      setRunning(false);
    }
  }

  return (
    <>
      <form onSubmit={edit}>
        <label>
          Picture <input type="file" name="picture" accept="image/*,.heic" required />
        </label>
        <label>
          What should change? <input name="prompt" placeholder="Make it a watercolour" required />
        </label>
        <button disabled={isRunning}>Edit</button>
        <output>{status}</output>
      </form>
      {address && <img src={address} alt="What was made" />}
    </>
  );
}
