/** What the quality sign says. Pure. */
import type { Figures, Quality, QualityLevel } from "@/media";

export const BARS: Record<QualityLevel, number> = { good: 3, fair: 2, poor: 1 };

/** One line of the small table below the reason: which figure, and its words' key with what goes in. */
export interface FigureLine {
  key: "rtt" | "down" | "up" | "loss_down" | "loss_up";
  unit: "ms" | "kbps" | "percent" | "unknown";
  n: string;
}

export function figureLines({ rttMs, kbpsDown, kbpsUp, lossDown, lossUp }: Figures): FigureLine[] {
  return [
    rttMs === null ? { key: "rtt", unit: "unknown", n: "" } : { key: "rtt", unit: "ms", n: String(Math.round(rttMs)) },
    { key: "down", unit: "kbps", n: String(kbpsDown) },
    { key: "up", unit: "kbps", n: String(kbpsUp) },
    { key: "loss_down", unit: "percent", n: percent(lossDown) },
    lossUp === null ? { key: "loss_up", unit: "unknown", n: "" } : { key: "loss_up", unit: "percent", n: percent(lossUp) },
  ];
}

/** With a digit behind the point where it matters. */
export function percent(share: number): string {
  const value = share * 100;
  return value > 0 && value < 10 ? value.toFixed(1) : String(Math.round(value));
}

/** What is said aloud when the quality changes; nothing about small matters. */
export function qualityNews(before: Quality | null, after: Quality | null): "poor" | "better" | "audio_only" | null {
  if (after === null) return null;
  if (after.audioOnly && !before?.audioOnly) return "audio_only";
  if (after.level === "poor" && before?.level !== "poor") return "poor";
  return before?.level === "poor" && after.level !== "poor" ? "better" : null;
}
