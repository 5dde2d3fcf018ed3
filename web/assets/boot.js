// Starts the WebAssembly app. A file of its own, so that the page needs no inline script.

// The chosen appearance before the first drawing, or a dark page would flash white.
try {
  const theme = localStorage.getItem("qwen-edit.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // A browser that refuses storage follows the system.
}

// Loaded when the first picture has to be looked into, not before.
globalThis.qwenEditPictureCodec = () => import("./codec/picture-codec-host.js");

const { js, wasm } = document.querySelector("script[data-wasm]").dataset;

const sayWhyNot = (error) => {
  console.error(error);
  const text = document.getElementById("boot-text");
  if (!text) return;
  const zh = navigator.language.startsWith("zh");
  if (typeof WebAssembly !== "object") {
    text.textContent = zh
      ? "这个浏览器太旧，不支持 WebAssembly。请更新浏览器，或换用 Chrome、Edge、Firefox、Safari 的新版本。"
      : "This browser is too old: it has no WebAssembly. Please update it, or use a current Chrome, Edge, Firefox or Safari.";
  } else {
    text.textContent = zh
      ? "页面没有加载完整。请检查网络，然后刷新。"
      : "The page did not load completely. Please check your connection and reload.";
  }
};

// Writes an edit as a program. Few ask for one, so it is a module of its own.
globalThis.writeCode = async (...request) => {
  const { default: init, writeCode } = await import("./qwen-edit-code.js");
  await init();
  return writeCode(...request);
};

try {
  const { default: init } = await import(js);
  await init({ module_or_path: wasm });
} catch (error) {
  sayWhyNot(error);
}
