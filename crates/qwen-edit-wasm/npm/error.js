// The errors' public name, and the only place where one is made.
import { checkJob } from "./glue.js";

/**
 * Errors are plain `Error`s with this name, so `instanceof` goes by the name and also works when a page has two copies of
 * the package.
 */
export class QwenEditError extends Error {
  constructor() {
    super();
    throw new TypeError("QwenEditError is for instanceof: only the package makes them");
  }

  static [Symbol.hasInstance](value) {
    return value instanceof Error && value.name === "QwenEditError";
  }
}

/** From the wasm's `{ message, code, retry, charged, violations, status?, requestId? }`. */
export function makeError({ message, ...fields }, cause) {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  return Object.assign(error, { name: "QwenEditError", ...fields });
}

/** What the wasm answered, unless it is an error. */
export function answer(json, cause) {
  const told = JSON.parse(json);
  if (told.error) throw makeError(told.error, cause);
  return told;
}

/** Throws what is wrong, if anything is: the JSON of an error or `undefined`. */
export function refuse(json, cause) {
  if (json !== undefined) throw makeError(JSON.parse(json), cause);
}

/** Throws when a job may not be called so. */
export function jobProblem(id) {
  refuse(checkJob(id));
}

/** Nothing was sent yet, and trying again is free. */
export function loadError(message, cause) {
  return makeError({ message, code: "wasm-load-failed", retry: "safe", charged: "no", violations: [] }, cause);
}
