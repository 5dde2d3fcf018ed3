// `<qwen-edit>`: defines the element where there are elements, once, also when two copies of the package meet.
import { QwenEditElement } from "./element/element.js";

export { QwenEditElement };

if (QwenEditElement && !customElements.get("qwen-edit")) customElements.define("qwen-edit", QwenEditElement);
