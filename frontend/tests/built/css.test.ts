/** What Chromium 80 cannot do must not be in the CSS we ship: there nobody sees an error, only a broken page. */
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import postcss, { type Declaration, type Root } from "postcss";
import { describe, expect, it } from "vitest";

const assets = resolve(import.meta.dirname, "../../dist/assets");
const sheets = readdirSync(assets)
  .filter((name) => name.endsWith(".css"))
  .map((name): [string, Root] => [name, postcss.parse(readFileSync(resolve(assets, name), "utf8"))]);

/** Selectors and properties newer than Chromium 80 that do not degrade by themselves. */
const PROPERTIES = /^(inset(-.*)?|(margin|padding)-(inline|block)|(translate|rotate|scale)|container(-.*)?|aspect-ratio)$/;
const SELECTORS = /:has\(|:is\(|:where\(|(^|[^&])&/;
const AT_RULES = /^(layer|container|scope|property)$/;
const VALUES = /color-mix\(|\bd?vh\b.*\bdvh\b|oklch\(|\blight-dark\(/;

/** Does a rule with the same selector in this sheet lay out as flex? */
function flexSelectors(sheet: Root): Set<string> {
  const flex = new Set<string>();
  sheet.walkDecls("display", (display) => {
    if (/flex/.test(display.value)) selectorsOf(display).forEach((selector) => flex.add(selector));
  });
  return flex;
}

const selectorsOf = (declaration: Declaration): string[] =>
  declaration.parent?.type === "rule" ? (declaration.parent as postcss.Rule).selectors : [];

/** `@supports` is how newer things may be asked for. */
function guarded(node: postcss.Node): boolean {
  for (let parent = node.parent; parent; parent = parent.parent as postcss.Node["parent"]) {
    if (parent.type === "atrule" && (parent as unknown as postcss.AtRule).name === "supports") return true;
  }
  return false;
}

describe.each(sheets)("%s", (_, sheet) => {
  it("has no gap in flex layouts (Chromium 84)", () => {
    const flex = flexSelectors(sheet);
    const found: string[] = [];
    sheet.walkDecls(/^(row-|column-)?gap$/, (gap) => {
      found.push(...selectorsOf(gap).filter((selector) => flex.has(selector)));
    });
    expect(found).toEqual([]);
  });

  it("has nothing newer than Chromium 80 outside @supports", () => {
    const found: string[] = [];
    sheet.walk((node) => {
      if (guarded(node)) return;
      if (node.type === "atrule" && AT_RULES.test(node.name)) found.push(`@${node.name}`);
      if (node.type === "rule" && SELECTORS.test(node.selector)) found.push(node.selector);
      if (node.type === "rule" && mixesFocusVisible(node)) found.push(node.selector);
      if (node.type === "decl" && (PROPERTIES.test(node.prop) || VALUES.test(node.value))) found.push(String(node));
    });
    expect(found).toEqual([]);
  });
});

/** A list with one unknown selector loses the whole rule; `:focus-visible` came with Chromium 86. */
const mixesFocusVisible = (rule: postcss.Rule): boolean =>
  rule.selectors.length > 1 && rule.selectors.some((selector) => selector.includes(":focus-visible"));

it("there is CSS to look at", () => {
  expect(sheets.length).toBeGreaterThan(0);
});
