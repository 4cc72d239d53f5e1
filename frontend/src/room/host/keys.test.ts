import { expect, it } from "vitest";
import { hostKey } from "./keys";

function press(key: string, target: HTMLElement = document.body, more: KeyboardEventInit = {}) {
  let heard: ReturnType<typeof hostKey> = null;
  document.body.append(target);
  target.addEventListener("keydown", (event) => (heard = hostKey(event)), { once: true });
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
  return heard;
}

it.each([
  ["n", "next"],
  ["N", "next"],
  ["c", "summon"],
  ["f", "finish"],
  ["?", "help"],
  ["x", null],
])("%s means %s", (key, meaning) => {
  expect(press(key, document.createElement("button"))).toBe(meaning);
});

it("leaves letters to those who type, and shortcuts to the browser", () => {
  expect(press("n", document.createElement("input"))).toBeNull();
  expect(press("n", document.createElement("textarea"))).toBeNull();
  expect(press("f", document.createElement("button"), { ctrlKey: true })).toBeNull();
  expect(press("n", document.createElement("button"), { repeat: true })).toBeNull();
});

it("sleeps under a dialog", () => {
  const dialog = document.createElement("div");
  dialog.setAttribute("role", "dialog");
  const button = document.createElement("button");
  document.body.append(dialog);
  let heard: unknown;
  dialog.append(button);
  button.addEventListener("keydown", (event) => (heard = hostKey(event)));
  button.dispatchEvent(new KeyboardEvent("keydown", { key: "n", bubbles: true }));
  expect(heard).toBeNull();
});
