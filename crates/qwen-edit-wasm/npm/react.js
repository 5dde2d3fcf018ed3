// `<QwenEditor>` for React 18 and 19: the element, with its properties and events as props. React 18 knows neither
// properties nor events of custom elements, so both are set by hand, in every version.
import { createElement, forwardRef, useEffect, useImperativeHandle, useRef } from "react";
import "./element.js";

const EVENTS = {
  onSubmit: "qwen-edit-submit",
  onProgress: "qwen-edit-progress",
  onResult: "qwen-edit-result",
  onError: "qwen-edit-error",
};
const PROPERTIES = ["images", "client", "prompt"];
const FLAGS = ["disabled", "required", "jobs"];

export const QwenEditor = forwardRef(function QwenEditor(props, ref) {
  const element = useRef(null);
  const { attributes, properties, handlers, token } = sorted(props);
  const latest = useRef(handlers);
  latest.current = handlers;

  useImperativeHandle(ref, () => element.current, []);

  useEffect(() => {
    const listeners = Object.entries(EVENTS).map(([prop, type]) => {
      const listener = (event) => latest.current[prop]?.(event);
      element.current.addEventListener(type, listener);
      return [type, listener];
    });
    const { current } = element;
    return () => listeners.forEach(([type, listener]) => current.removeEventListener(type, listener));
  }, []);

  for (const name of PROPERTIES) {
    const value = properties[name];
    useEffect(() => {
      if (value !== undefined) element.current[name] = value;
    }, [name, value]);
  }
  useEffect(() => {
    element.current.key = token;
  }, [token]);

  return createElement("qwen-edit", { ...attributes, ref: element });
});

/** `key` is React's own word, so the prop is called `token`. */
function sorted({ token, className, ...props }) {
  const attributes = className === undefined ? {} : { class: className };
  const properties = {};
  const handlers = {};
  for (const [name, value] of Object.entries(props)) {
    if (name in EVENTS) handlers[name] = value;
    else if (PROPERTIES.includes(name)) properties[name] = value;
    else if (FLAGS.includes(name)) attributes[name] = value ? "" : undefined;
    else attributes[name] = value;
  }
  return { attributes, properties, handlers, token };
}
