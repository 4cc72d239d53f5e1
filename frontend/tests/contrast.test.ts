/** WCAG 2.2 AA of the pairs that carry words: 4.5 for text, 3 for the edges of controls and the focus ring. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import postcss from "postcss";
import { describe, expect, it } from "vitest";

const sheet = postcss.parse(readFileSync(resolve(import.meta.dirname, "../src/styles/tokens.css"), "utf8"));

function tokens(selector: string): Map<string, string> {
  const found = new Map<string, string>();
  sheet.walkRules(selector, (rule) => {
    if (rule.parent?.type === "root") rule.walkDecls(/^--/, (decl) => void found.set(decl.prop.slice(2), decl.value));
  });
  return found;
}

const light = tokens(":root");
const themes: [string, Map<string, string>][] = [
  ["light", light],
  ["stage", new Map([...light, ...tokens('[data-theme="stage"]')])],
  ["high contrast", new Map([...light, ...tokens('html[data-contrast="high"]')])],
];

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const WORDS = [
  ...["ink", "ink-soft", "ink-faint", "primary", "danger"].flatMap((ink) => [[ink, "paper"], [ink, "surface"]]),
  ["ink-soft", "surface-sunken"], ["ink-faint", "surface-sunken"], ["ink-faint", "surface-hover"],
  ["on-primary", "primary"], ["on-primary", "primary-hover"], ["primary", "primary-soft"],
  ["on-danger", "danger"], ["on-bar", "bar"], ["on-bar-soft", "bar"], ["on-bar", "bar-hover"],
  ...["success", "warning", "danger", "info", "official"].map((tone) => [tone, `${tone}-soft`]),
] as [string, string][];
const EDGES: [string, string][] = [["line-strong", "surface"], ["focus", "surface"], ["focus", "paper"]];

describe.each(themes)("the %s theme", (_, theme) => {
  const value = (name: string) => theme.get(name) ?? expect.fail(`no token --${name}`);
  it.each(WORDS)("can be read: %s on %s", (ink, ground) => {
    expect(contrast(value(ink), value(ground))).toBeGreaterThanOrEqual(4.5);
  });
  it.each(EDGES)("can be seen: %s on %s", (edge, ground) => {
    expect(contrast(value(edge), value(ground))).toBeGreaterThanOrEqual(3);
  });
});
