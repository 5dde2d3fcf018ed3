// Every way pictures come in: chosen, dropped, pasted.

export function listen(host, { add, file }, take) {
  add.addEventListener("click", () => file.click());
  file.addEventListener("change", () => {
    take([...file.files]);
    // So that the same file can be chosen again.
    file.value = "";
  });
  host.addEventListener("paste", (event) => {
    const files = pictures(event.clipboardData);
    if (files.length === 0) return;
    event.preventDefault();
    take(files);
  });
  listenForDrops(host, take);
}

function listenForDrops(host, take) {
  // Entering a child comes before leaving its parent, so the two are counted.
  let inside = 0;
  const end = () => {
    inside = 0;
    delete host.dataset.dragging;
  };
  host.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    inside += 1;
    host.dataset.dragging = "";
  });
  host.addEventListener("dragleave", (event) => {
    if (carriesFiles(event) && --inside <= 0) end();
  });
  host.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  host.addEventListener("drop", (event) => {
    end();
    if (!carriesFiles(event)) return;
    // Without it the browser leaves the page for the picture.
    event.preventDefault();
    take(pictures(event.dataTransfer));
  });
}

function carriesFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** A document that was copied comes with a picture of itself; only what says that it is a picture counts. */
function pictures(transfer) {
  return [...(transfer?.files ?? [])].filter((file) => file.type === "" || file.type.startsWith("image/"));
}
