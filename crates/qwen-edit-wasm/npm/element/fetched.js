// The bytes of results, fetched once for all that want them: display, download, form.

const fetching = new WeakMap();

/** As `image.blob()`. What failed may be tried again. */
export function fetched(image) {
  if (!fetching.has(image)) {
    const blob = image.blob();
    fetching.set(image, blob);
    blob.catch(() => fetching.delete(image));
  }
  return fetching.get(image);
}
