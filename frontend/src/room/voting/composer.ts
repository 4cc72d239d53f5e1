/** A question being written: the draft of the form, and the command it becomes. Values in, values out. */
import type { PollKind, PollMode } from "@/api/generated/protocol";

export type Pattern = "APPROVAL" | "SATISFACTION" | "FREE";

export interface Draft {
  pattern: Pattern;
  question: string;
  /** One option a line; only for own options. */
  lines: string;
  mode: PollMode;
  several: boolean;
  max: string;
}

export const PATTERNS: readonly Pattern[] = ["APPROVAL", "SATISFACTION", "FREE"];
export const MAX_OPTIONS = 10;

export const ownOptions = (draft: Draft): string[] =>
  draft.lines.split("\n").map((line) => line.trim()).filter((line) => line !== "");

export type Fault = "question" | "few" | "many" | "twice" | "long";

/** What is missing; null when the draft can be asked. */
export function fault(draft: Draft): Fault | null {
  if (!draft.question.trim()) return "question";
  if (draft.pattern !== "FREE") return null;
  const options = ownOptions(draft);
  if (options.length < 2) return "few";
  if (options.length > MAX_OPTIONS) return "many";
  if (options.some((option) => option.length > 100)) return "long";
  return new Set(options).size < options.length ? "twice" : null;
}

/** How many may be marked: at least two where several are allowed, never more than there are. */
export function limits(draft: Draft): number[] {
  const count = ownOptions(draft).length;
  return Array.from({ length: Math.max(0, Math.min(count, MAX_OPTIONS) - 1) }, (_, at) => at + 2);
}

export function prepare(draft: Draft) {
  const common = { type: "voting.prepare", question: draft.question.trim(), mode: draft.mode };
  if (draft.pattern !== "FREE") return { ...common, template: draft.pattern };
  const several = draft.several && limits(draft).length > 0;
  const kind: PollKind = several ? "MULTIPLE" : "SINGLE";
  const max = limits(draft).includes(Number(draft.max)) ? Number(draft.max) : (limits(draft)[0] ?? 1);
  return { ...common, options: ownOptions(draft), kind, max_choices: several ? max : 1 };
}
