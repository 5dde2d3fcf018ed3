// The errors' public name, and the one error that must exist before the wasm does.

/**
 * Errors are made in the wasm as plain `Error`s with this name, since a wasm class cannot extend `Error`. `instanceof`
 * goes by the name, so it also works when a page has two copies of the package.
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

/** Nothing was sent yet, and trying again is free. */
export function loadError(message, cause) {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  return Object.assign(error, {
    name: "QwenEditError",
    code: "wasm-load-failed",
    retry: "safe",
    charged: "no",
    violations: [],
  });
}
