import "./qwen-edit/element.js";

const form = document.querySelector("form");
const status = form.querySelector("output");

form.addEventListener("submit", (event) => {
  // Without this line the browser sends the form to your server, the picture like that of any file field.
  event.preventDefault();
  const fields = new FormData(form);
  const picture = fields.get("picture");
  status.value = `${picture.name}, ${Math.round(picture.size / 1024)} kB, is on its way to ${fields.get("to")}.`;
});
