// What went wrong, in words for people who are not technical: what happened, and what it cost.

/** Gives `{ title, details, charged, code }`; `details` are about single fields. */
export function describe(error, texts, wasSent) {
  if (error?.name === "AbortError") {
    return { title: texts.cancelled, details: [], charged: wasSent ? texts.charged.unknown : texts.charged.no };
  }
  const code = error?.code ?? "";
  const details = (error?.violations ?? []).map((violation) => texts.violations[violation.code]?.(violation) ?? violation.message);
  return {
    title: texts.failures[family(code)] ?? texts.failures.other,
    details: [...new Set(details)],
    charged: texts.charged[error?.charged] ?? (wasSent ? texts.charged.unknown : texts.charged.no),
    code: code || String(error?.message ?? error),
  };
}

/** Codes with the same words for people. */
function family(code) {
  if (code.startsWith("picture-")) return "picture";
  if (/inspection|sensitive/i.test(code)) return "content";
  if (/throttling|limit|overloaded|too_many|rate/i.test(code)) return "busy";
  if (code === "relay:key_missing") return "key-missing";
  if (/budget|quota|arrearage/i.test(code)) return "budget";
  if (/api-?key|unauthorized|invite/i.test(code)) return "key";
  return code;
}
