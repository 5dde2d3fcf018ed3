// Stands in for the npm package: prints what it was asked for as one line of JSON, files as data URLs.

const dataUrl = async (file) =>
  `data:${file.type};base64,${Buffer.from(await file.arrayBuffer()).toString("base64")}`;

export const QwenEdit = {
  async create({ relay, region, key, allowBrowserKey }) {
    if (!key || !allowBrowserKey) throw new Error("the key is missing, or not allowed");
    return {
      async edit(request) {
        const images = await Promise.all(
          request.images.map((image) => (typeof image === "string" ? image : dataUrl(image))),
        );
        process.stdout.write(`${JSON.stringify({ relay, region, request: { ...request, images } })}\n`);
        return { images: [{ url: "https://example.com/result.png" }] };
      },
    };
  },
};
