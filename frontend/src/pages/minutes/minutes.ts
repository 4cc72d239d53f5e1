/** Minutes as the API tells them, and the few rules the page needs. */
export interface Paragraph {
  piece: "paragraph";
  text: string;
  lead: string;
  sources: number[];
}
export interface Table {
  piece: "table";
  columns: string[];
  rows: string[][];
  sources: (number | null)[];
}
export interface NameList {
  piece: "names";
  label: string;
  groups: { label: string; text: string; count: number }[];
}
export type Piece = Paragraph | Table | NameList;

export interface SuggestedTask {
  text: string;
  lead: string;
  co: string[];
  due: string;
  opinions: number[];
}

export interface Source {
  seq: number;
  label: string;
}

export interface Block {
  kind: string;
  heading: string;
  locked: boolean;
  facts: Piece[];
  text: string;
  rows: SuggestedTask[];
  sources: Source[];
  version: number;
  edited_by: string | null;
  edited_at: string | null;
  remarks: string[];
}

export type MinutesState = "DRAFTING" | "REVIEWING" | "COUNTERSIGN" | "APPROVING" | "SIGNED" | "ISSUED" | "DELIVERED" | "ARCHIVED";

export interface Minutes {
  id: string;
  meeting: string;
  meeting_title: string;
  held_at: string;
  organization: string;
  state: MinutesState;
  series: string;
  issuer: string;
  title: string;
  sent_to: string[];
  cc: string[];
  copies: number;
  version: number;
  issue_year: number | null;
  issue_no: number | null;
  issued_at: string | null;
  issued_by: string | null;
  sha256: string;
  head: string;
  head_seq: number | null;
  next_number: number | null;
  blocks: Block[];
  steps: { kind: string; at: string; by: string; comment: string }[];
  actions: string[];
}

export const TONES: Record<MinutesState, "neutral" | "info" | "warning" | "success"> = {
  DRAFTING: "warning",
  REVIEWING: "info",
  COUNTERSIGN: "info",
  APPROVING: "info",
  SIGNED: "info",
  ISSUED: "success",
  DELIVERED: "success",
  ARCHIVED: "success",
};

const NUMBERED = ["SITUATION", "OPINIONS", "RESPONSES", "POLLS", "CONSENSUS", "SUGGESTED_TASKS"];
const DIGITS = "一二三四五六七八九十";

export const isEmpty = (block: Pick<Block, "facts" | "text" | "rows">): boolean =>
  !block.facts.length && !block.text.trim() && !block.rows.length;

/** 一、二、三 … over the numbered parts that will be printed: the same rule as the server's. */
export function numbers(blocks: readonly Pick<Block, "kind" | "facts" | "text" | "rows">[]): Record<string, string> {
  const printed = blocks.filter((block) => NUMBERED.includes(block.kind) && !isEmpty(block));
  return Object.fromEntries(printed.map(({ kind }, index) => [kind, DIGITS[index] ?? ""]));
}
