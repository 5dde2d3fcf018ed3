import { QwenEdit } from "qwen-edit";

const form = document.querySelector("form");
const status = form.querySelector("output");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { key, picture, prompt } = form.elements;
  event.submitter.disabled = true; // One press is one paid edit.
  try {
    // Only because this page is for its own developer: whoever opens a page can read the key in it.
    const client = await QwenEdit.create({ relay: "/relay", key: key.value, allowBrowserKey: true });
    const result = await client.edit({
      images: picture.files,
      prompt: prompt.value,
      onProgress: ({ phase }) => (status.value = `${phase} …`),
    });
    // A plain proxy cannot fetch pictures for the page, so there is no blob(): show them by their links.
    document.querySelector("img").src = result.images[0].url;
    status.value = "Done. The link of this picture works for 24 hours: save it.";
  } catch (error) {
    status.value = error.message;
  } finally {
    event.submitter.disabled = false;
  }
});
