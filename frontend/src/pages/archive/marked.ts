/** A snippet cut at its marks: pieces that are words of the query, and pieces that are not. */
export interface Piece {
  text: string;
  hit: boolean;
}

/**
 * `marks` are [start, end) in code points, in order and apart, as the server's language counts; JavaScript's strings
 * count otherwise, so the text is cut as a list of characters.
 */
export function pieces(text: string, marks: readonly (readonly [number, number])[]): Piece[] {
  const characters = Array.from(text);
  const found: Piece[] = [];
  let at = 0;
  const push = (end: number, hit: boolean) => {
    if (end > at) found.push({ text: characters.slice(at, end).join(""), hit });
    at = Math.max(at, end);
  };
  for (const [start, end] of marks) {
    push(start, false);
    push(end, true);
  }
  push(characters.length, false);
  return found;
}
