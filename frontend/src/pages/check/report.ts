/** The findings as text for the technician: what was tried, what came out, when, in which browser. No addresses. Pure. */
import type { DeviceFinding, Findings } from "./findings";
import { WAYS } from "./findings";
import { judge, PURPOSES } from "./verdict";

export type Words = (key: string, facts?: Record<string, unknown>) => string;

export interface Circumstances {
  /** As people of the city write it. */
  at: string;
  /** Where the page came from. */
  site: string;
  userAgent: string;
  screen: string;
}

export function report(found: Findings, around: Circumstances, t: Words): string {
  const verdict = judge(found);
  const rows = [
    t("check.report.title"),
    row(t, "at", around.at),
    row(t, "site", around.site),
    row(t, "browser", browserName(found, t)),
    row(t, "agent", around.userAgent),
    row(t, "screen", around.screen),
    row(t, "camera", device(found.camera, t)),
    row(t, "microphone", device(found.microphone, t)),
    row(t, "speaker", t(`check.speaker.state.${found.speaker}`)),
    ...network(found, t),
    ...PURPOSES.map((purpose) => {
      const { word, reasons } = verdict[purpose];
      const why = reasons.map((reason) => t(`check.reason.${reason}`)).join(t("check.report.comma"));
      return line(t, t(`check.purpose.${purpose}`), `${t(`check.word.${word}`)}${why ? t("check.report.why", { why }) : ""}`);
    }),
  ];
  return rows.join("\n");
}

export function browserName({ browser: { name, version } }: Findings, t: Words): string {
  return `${t(`check.browser.name.${name}`)} ${version}`.trim();
}

const line = (t: Words, name: string, text: string): string => t("check.report.line", { name, text });
const row = (t: Words, name: string, text: string): string => line(t, t(`check.report.${name}`), text);

function device(found: DeviceFinding, t: Words): string {
  const details = [found.label, found.size, found.code ?? ""].filter(Boolean).join(", ");
  return `${t(`check.device.state.${found.state}`)}${details ? t("check.report.why", { why: details }) : ""}`;
}

function network({ network: found }: Findings, t: Words): string[] {
  const ways = WAYS.map((way) => `${t(`check.way.${way}`)} ${t(`check.way_state.${found.ways[way]}`)}`).join(t("check.report.comma"));
  const rows = [row(t, "ways", ways)];
  if (found.refusal) rows.push(row(t, "refusal", found.refusal));
  const { measured } = found;
  if (measured) {
    rows.push(
      row(t, "up", figures(t, measured.upKbps, measured.lossUp)),
      row(t, "down", figures(t, measured.downKbps, measured.lossDown)),
      row(t, "rtt", milliseconds(t, measured.rttMs)),
    );
  }
  rows.push(row(t, "answer", milliseconds(t, found.answerMs)));
  return rows;
}

const figures = (t: Words, kbps: number, loss: number): string => t("check.report.rate", { kbps, loss: percent(loss) });
const milliseconds = (t: Words, ms: number | null): string => (ms === null ? t("check.unknown") : t("check.ms", { ms }));

export const percent = (share: number): string => (share * 100).toFixed(1);
