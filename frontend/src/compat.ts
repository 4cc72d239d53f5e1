/**
 * What Chromium 80-91 lacks and we, Vue, vue-i18n or Reka UI call: imported first in every entry.
 *
 * Only what is used: each line costs bytes on the slowest machines. (Reka UI calls at, findLast, toSorted, toReversed,
 * hasOwn and replaceAll.) `WeakRef`, `structuredClone` and `crypto.randomUUID` are not here on purpose; eslint forbids
 * them.
 */
import "core-js/es/array/at";
import "core-js/es/array/find-last";
import "core-js/es/array/find-last-index";
import "core-js/es/array/to-reversed";
import "core-js/es/array/to-sorted";
import "core-js/es/object/has-own";
import "core-js/es/string/at";
import "core-js/es/string/replace-all";

// `as` because for TypeScript's library every browser has it.
const element = Element.prototype as Partial<Element> & ParentNode;
element.replaceChildren ??= function replaceChildren(this: Element, ...nodes: (Node | string)[]) {
  while (this.lastChild) this.removeChild(this.lastChild);
  this.append(...nodes);
};
