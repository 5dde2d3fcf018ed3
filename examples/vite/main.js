import { QwenEdit } from "qwen-edit";

const form = document.querySelector("form");
const status = form.querySelector("output");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { picture, prompt } = form.elements;
  event.submitter.disabled = true; // One press is one paid edit.
  try {
    const client = await QwenEdit.create({ relay: "/relay", region: "demo" });
    const result = await client.edit({
      images: picture.files,
      prompt: prompt.value,
      onProgress: ({ phase }) => (status.value = `${phase} …`),
    });
    document.querySelector("img").src = URL.createObjectURL(await result.images[0].blob());
    status.value = "Done.";
  } catch (error) {
    status.value = error.message;
  } finally {
    event.submitter.disabled = false;
  }
});
