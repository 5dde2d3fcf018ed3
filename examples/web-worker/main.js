const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
const form = document.querySelector("form");
const status = form.querySelector("output");
const button = form.querySelector("button");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { picture, prompt } = form.elements;
  button.disabled = true; // One press is one paid edit.
  worker.postMessage({ file: picture.files[0], prompt: prompt.value });
});

worker.addEventListener("message", ({ data: { phase, picture, error } }) => {
  if (phase) {
    status.value = `${phase} …`;
    return;
  }
  if (picture) document.querySelector("img").src = URL.createObjectURL(picture);
  status.value = error ?? "Done.";
  button.disabled = false;
});
