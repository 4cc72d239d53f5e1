/** Surnames of two characters: shown whole, as people are addressed. */
const COMPOUND = ["欧阳", "司马", "上官", "诸葛", "尉迟", "皇甫", "司徒", "慕容", "令狐", "东方", "南宫", "端木", "公孙", "轩辕", "夏侯", "宇文", "长孙", "呼延", "澹台", "淳于"];

/** What stands on the disc: the surname (张, 欧阳), the first character of a minority name, initials of others. */
export function initial(name: string): string {
  const trimmed = name.trim();
  if (/^[\u0000-\u024f]/.test(trimmed)) {
    const words = trimmed.split(/\s+/);
    return words.map((word) => word.charAt(0)).slice(0, 2).join("").toUpperCase();
  }
  const compound = COMPOUND.find((surname) => trimmed.startsWith(surname) && trimmed.length > 2);
  return compound ?? Array.from(trimmed)[0] ?? "";
}

export const TINTS = 8;

/** The same name has the same tint everywhere. */
export function tint(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % TINTS;
}
