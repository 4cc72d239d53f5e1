// Writes server/core/strokes.txt: the characters U+4E00 to U+9FFF by number of strokes, then by their strokes one by
// one (横 竖 撇 点 折, as GB 13000.1 字序 has it), as Chinese lists of names are ordered.
//
// Strokes of 6,939 characters come from cnchar-order (MIT). The others have a number only: that of their neighbours in
// the stroke collation of CLDR, which Node brings along (Unicode License V3), and stand after the known ones with it.
//
//   npm install --prefix /tmp/strokes cnchar@3.2.6 cnchar-order@3.2.6
//   node bin/stroke-order.mjs /tmp/strokes
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.argv[2]}/`);
const plain = (found) => found.default ?? found;
const cnchar = plain(require("cnchar"));
cnchar.use(plain(require("cnchar-order")));
console.warn = () => undefined; // it warns of each character that it does not know

const CLASS = { 一: 1, "㇀": 1, "丨": 2, "亅": 2, "丿": 3, "丶": 4, "㇏": 4 };
const FOLD = 5;
const UNKNOWN = 9;

const strokesOf = (char) => {
  const [strokes] = cnchar.stroke(char, "order", "detail") ?? [];
  return Array.isArray(strokes) && strokes.length ? strokes.map(({ shape }) => CLASS[shape] ?? FOLD) : null;
};

const chars = Array.from({ length: 0x9fff - 0x4e00 + 1 }, (_, n) => String.fromCodePoint(0x4e00 + n));
const { compare } = new Intl.Collator("zh-u-co-stroke");
let count = 1;
const keyed = chars.sort(compare).map((char, index) => {
  const strokes = strokesOf(char);
  if (strokes) count = strokes.length;
  return { char, index, count, strokes: strokes ?? [UNKNOWN] };
});
keyed.sort((a, b) => {
  if (a.count !== b.count) return a.count - b.count;
  for (let n = 0; n < Math.max(a.strokes.length, b.strokes.length); n++) {
    const difference = (a.strokes[n] ?? 0) - (b.strokes[n] ?? 0);
    if (difference) return difference;
  }
  return a.index - b.index;
});
writeFileSync(new URL("../server/core/strokes.txt", import.meta.url), keyed.map(({ char }) => char).join("") + "\n");
