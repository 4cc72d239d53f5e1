/** All areas of this language: a new JSON file here is an area. */
const files = import.meta.glob<Record<string, unknown>>("./*.json", { eager: true, import: "default" });

export const zhCN: Record<string, Record<string, unknown>> = Object.fromEntries(
  Object.entries(files).map(([path, words]) => [path.slice(2, -".json".length), words]),
);
