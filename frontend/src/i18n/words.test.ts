import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createI18n } from "vue-i18n";
import { describe, expect, it } from "vitest";
import { en } from "./en";
import { zhCN } from "./zh-CN";

type Words = { [key: string]: string | Words };

/** `{a: {b: "x"}}` → `[["a.b", "x"]]` */
const flat = (words: Words, prefix = ""): [string, string][] =>
  Object.entries(words).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );

const languages = { "zh-CN": new Map(flat(zhCN as Words)), en: new Map(flat(en as Words)) };
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe("the words", () => {
  it("are the same keys in both languages", () => {
    expect([...languages.en.keys()].sort()).toEqual([...languages["zh-CN"].keys()].sort());
  });

  it.each(Object.entries(languages))("in %s are never empty", (_, words) => {
    expect([...words].filter(([, text]) => !text.trim()).map(([key]) => key)).toEqual([]);
  });

  it("in English have no ’ and “: a Chinese font gives them the width of a character", () => {
    expect([...languages.en].filter(([, text]) => /[‘’“”]/.test(text)).map(([key]) => key)).toEqual([]);
  });

  it("have a sentence for every refusal of the server", () => {
    const contract = readFileSync(resolve(import.meta.dirname, "../api/generated/schema.json"), "utf8");
    const { code } = (JSON.parse(contract) as { properties: { code: { enum: string[] } } }).properties;
    expect(code.enum.filter((name) => !languages["zh-CN"].has(`errors.${name}`))).toEqual([]);
  });

  it("name the same facts in both languages", () => {
    const different = [...languages["zh-CN"]].filter(
      ([key, text]) => new Set(placeholders(text)).size !== new Set(placeholders(languages.en.get(key) ?? "")).size,
    );
    expect(different.map(([key]) => key)).toEqual([]);
  });

  it.each(Object.entries(languages))("in %s can be read by vue-i18n (no stray @, |, {)", (name, words) => {
    const { t } = createI18n({ legacy: false, locale: name, messages: { [name]: Object.fromEntries(words) }, flatJson: true })
      .global;
    for (const key of words.keys()) expect(() => t(key)).not.toThrow();
  });

  it("exist for every key that a source file names", () => {
    const source = resolve(import.meta.dirname, "..");
    const unknown = readdirSync(source, { recursive: true })
      .map(String)
      .filter((name) => /\.(vue|ts)$/.test(name) && !name.endsWith(".test.ts"))
      .flatMap((name) =>
        [...readFileSync(resolve(source, name), "utf8").matchAll(/(?<![\w.])\$?t\(\s*["'`]([\w.-]+)["'`]/g)].map(
          (match) => [name, match[1] ?? ""] as const,
        ),
      )
      .filter(([, key]) => !languages["zh-CN"].has(key));
    expect(unknown).toEqual([]);
  });
});
