/** A result as the picture shows it. Values in, values out; whole numbers are the truth, percentages only help the eye. */
import type { PollView } from "@/api/generated/protocol";

export interface Bar {
  text: string;
  count: number;
  /** Of those who took part, in percent with at most one decimal; null when nobody did. */
  percent: number | null;
  /** Length of the bar, 0 to 100: the share of those who took part, so that bars of two polls can be compared. */
  length: number;
}

export function bars(poll: PollView): Bar[] {
  if (!poll.result) return [];
  const { counts, participated } = poll.result;
  return poll.options.map((text, at) => {
    const count = counts[at] ?? 0;
    return {
      text,
      count,
      percent: participated ? Math.round((count * 1000) / participated) / 10 : null,
      length: participated ? (count * 100) / participated : 0,
    };
  });
}

/** The beginning of a digest: enough to compare by eye. */
export const short = (digest: string): string => digest.slice(0, 12);
