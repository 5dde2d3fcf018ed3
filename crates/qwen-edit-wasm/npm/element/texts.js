// Every sentence of the element, in both languages.

const EN = {
  lang: "en",
  pictures: "Pictures",
  picture: (number) => `Image ${number}`,
  add: "Drop, paste or choose",
  addLabel: "Add pictures",
  remove: (number) => `Remove image ${number}`,
  forward: (number) => `Move image ${number} one place forward`,
  prompt: "What should change?",
  promptHint: "For example: put the person of image 1 beside the cat of image 2",
  run: "Edit",
  cancel: "Cancel",
  results: "Results",
  result: (number) => `Result ${number}`,
  download: "Download",
  copy: "Copy link",
  copied: "The link is copied. It works for 24 hours.",
  notDownloaded: "The picture could not be fetched here. It opens in a new tab instead.",
  loading: "Getting ready …",
  phases: { fit: "Preparing the pictures …", encode: "Preparing the pictures …", sent: "Sent. Making the picture …", accepted: "Accepted. Making the picture …" },
  done: (count, requested) => (count < requested ? `Done: ${count} of ${requested} pictures. Only these are charged.` : `Done: ${count} picture${count === 1 ? "" : "s"}.`),
  stillRunning: "The picture is still being made.",
  noResult: "Edit a picture first.",
  cancelled: "You stopped waiting.",
  charged: {
    no: "Nothing was charged.",
    yes: "This was charged.",
    unknown: "It may have been charged. Check before you try again.",
  },
  failures: {
    other: "It did not work.",
    picture: "A picture cannot be used.",
    content: "The service did not accept the pictures or the words. Try others.",
    busy: "Too many requests at the moment. Wait a little and try again.",
    budget: "The budget is used up.",
    key: "The key was not accepted.",
    "invalid-request": "Something is missing.",
    "network-lost": "The connection was lost before the answer came.",
    timeout: "No answer came in time.",
    "relay-unreachable": "The service cannot be reached. Check the connection and try again.",
    "relay-not-found": "This page is set up with a wrong address.",
    "wasm-load-failed": "A part of this page did not load. Try again.",
  },
  violations: {
    "too-few-pictures": () => "Add a picture.",
    "too-many-pictures": ({ max }) => `At most ${max} pictures: remove some.`,
    "empty-prompt": () => "Say what should change.",
    "picture-too-large": ({ field }) => `${named(field, "Image")} is larger than 10 MB: make it smaller.`,
    "picture-not-a-picture": ({ field }) => `${named(field, "Image")} is not a picture.`,
    "picture-unsupported-format": ({ field }) => `${named(field, "Image")} is of a kind that cannot be used: save it as JPEG or PNG.`,
    "picture-empty": ({ field }) => `${named(field, "Image")} is an empty file.`,
    "picture-damaged": ({ field }) => `${named(field, "Image")} is damaged.`,
    "picture-unreadable": ({ field }) => `${named(field, "Image")} cannot be read: choose it again.`,
  },
};

const ZH = {
  lang: "zh",
  pictures: "图片",
  picture: (number) => `图${number}`,
  add: "拖入、粘贴或选择",
  addLabel: "添加图片",
  remove: (number) => `移除图${number}`,
  forward: (number) => `把图${number}往前移一位`,
  prompt: "想怎么改",
  promptHint: "例如：让图1的人抱着图2的猫",
  run: "开始修改",
  cancel: "取消",
  results: "结果",
  result: (number) => `结果 ${number}`,
  download: "下载",
  copy: "复制链接",
  copied: "链接已复制，24 小时内有效。",
  notDownloaded: "这里取不到图片，已在新标签页打开。",
  loading: "正在准备……",
  phases: { fit: "正在处理图片……", encode: "正在处理图片……", sent: "已发送，正在生成……", accepted: "已受理，正在生成……" },
  done: (count, requested) => (count < requested ? `完成：${requested} 张中成功 ${count} 张，只按这些计费。` : `完成：${count} 张。`),
  stillRunning: "图片还在生成。",
  noResult: "请先修改一张图片。",
  cancelled: "已停止等待。",
  charged: {
    no: "没有产生费用。",
    yes: "这次已经计费。",
    unknown: "可能已经计费，再试之前请先核对。",
  },
  failures: {
    other: "没有成功。",
    picture: "有一张图片不能用。",
    content: "服务没有接受这些图片或文字，请换一个试试。",
    busy: "现在请求太多，请稍等再试。",
    budget: "额度已经用完。",
    key: "密钥没有通过验证。",
    "invalid-request": "还缺点什么。",
    "network-lost": "还没收到结果，连接就断了。",
    timeout: "等了太久，没有收到结果。",
    "relay-unreachable": "连不上服务，请检查网络后再试。",
    "relay-not-found": "这个页面的地址设置有误。",
    "wasm-load-failed": "页面有一部分没有加载成功，请再试一次。",
  },
  violations: {
    "too-few-pictures": () => "请添加图片。",
    "too-many-pictures": ({ max }) => `最多 ${max} 张图片，请移除一些。`,
    "empty-prompt": () => "请说说想怎么改。",
    "picture-too-large": ({ field }) => `${named(field, "图")}超过 10 MB，请缩小。`,
    "picture-not-a-picture": ({ field }) => `${named(field, "图")}不是图片。`,
    "picture-unsupported-format": ({ field }) => `${named(field, "图")}的格式不能用，请另存为 JPEG 或 PNG。`,
    "picture-empty": ({ field }) => `${named(field, "图")}是空文件。`,
    "picture-damaged": ({ field }) => `${named(field, "图")}已损坏。`,
    "picture-unreadable": ({ field }) => `${named(field, "图")}读不出来，请重新选择。`,
  },
};

/** `images[0]` is image 1 to people. */
function named(field, word) {
  const number = Number(/\d+/.exec(field)?.[0] ?? 0) + 1;
  return word === "图" ? `${word}${number}` : `${word} ${number}`;
}

/** Chinese for every kind of Chinese, English for everybody else. */
export function textsFor(lang) {
  return lang.toLowerCase().startsWith("zh") ? ZH : EN;
}
