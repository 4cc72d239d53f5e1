import { describe, expect, it } from "vitest";
import { type Findings, type Measured, noDevice, noNetwork } from "./findings";
import { judge } from "./verdict";

const CLEAN: Measured = { upKbps: 1800, downKbps: 1800, lossUp: 0, lossDown: 0, rttMs: 30, slowDevice: false };

function found(changes: Partial<Findings> = {}, measured: Partial<Measured> = {}): Findings {
  return {
    browser: { name: "chrome", version: "120", problem: null, fit: "good" },
    camera: { ...noDevice(), state: "good" },
    microphone: { ...noDevice(), state: "good" },
    speaker: "heard",
    network: { ...noNetwork(), state: "done", way: "direct", measured: { ...CLEAN, ...measured }, answerMs: 50 },
    ...changes,
  };
}
const words = (findings: Findings) => {
  const { picture, sound, text } = judge(findings);
  return [picture.word, sound.word, text.word];
};

describe("what one can do from here", () => {
  it("everything, when everything is fine", () => {
    expect(judge(found())).toEqual({
      picture: { word: "good", reasons: [] },
      sound: { word: "good", reasons: [] },
      text: { word: "good", reasons: [] },
    });
  });

  it.each([
    [{ upKbps: 500 }, ["fair", "good", "good"], ["up"]],
    [{ upKbps: 80, downKbps: 90 }, ["poor", "fair", "good"], ["up", "down"]],
    [{ lossUp: 0.06 }, ["fair", "fair", "good"], ["loss"]],
    [{ lossDown: 0.3 }, ["poor", "poor", "good"], ["loss"]],
    [{ rttMs: 500 }, ["fair", "fair", "good"], ["delay"]],
    [{ rttMs: null }, ["good", "good", "good"], []],
    [{ upKbps: 200, downKbps: 200, slowDevice: true }, ["fair", "good", "good"], ["slow_device"]],
    [{ upKbps: 200, downKbps: 200, slowDevice: true, lossDown: 0.2 }, ["poor", "fair", "good"], ["slow_device", "loss"]],
  ])("a line with %o", (measured, expected, reasons) => {
    const findings = found({}, measured);
    expect(words(findings)).toEqual(expected);
    expect(judge(findings).picture.reasons).toEqual(reasons);
  });

  it("without a camera there is sound, without a microphone neither", () => {
    const refused = { ...noDevice(), state: "refused" as const, code: "PERMISSION_DENIED" as const };
    expect(words(found({ camera: refused }))).toEqual(["poor", "good", "good"]);
    expect(words(found({ microphone: refused }))).toEqual(["poor", "poor", "good"]);
    expect(words(found({ microphone: { ...noDevice(), state: "silent" } }))).toEqual(["fair", "fair", "good"]);
    expect(judge(found({ speaker: "unheard" })).sound).toEqual({ word: "fair", reasons: ["speaker"] });
  });

  it("where no way is open there is text", () => {
    const network = { ...noNetwork(), state: "done" as const, answerMs: 90 };
    expect(words(found({ network }))).toEqual(["poor", "poor", "good"]);
    expect(judge(found({ network })).sound.reasons).toEqual(["no_way"]);
  });

  it("what was not tried is not known, what is broken is known all the same", () => {
    expect(words(found({ network: noNetwork() }))).toEqual(["unknown", "unknown", "unknown"]);
    const refused = { ...noNetwork(), state: "refused" as const, refusal: "NOT_SIGNED_IN", answerMs: 40 };
    expect(judge(found({ network: refused })).picture).toEqual({ word: "unknown", reasons: ["not_measured"] });
    expect(words(found({ network: refused, camera: { ...noDevice(), state: "refused" } }))).toEqual(["poor", "unknown", "good"]);
    expect(words(found({ microphone: noDevice() }))).toEqual(["unknown", "unknown", "good"]);
  });

  it("a browser that is not up to it", () => {
    const insecure = { name: "chrome", version: "120", problem: "insecure" as const, fit: "poor" as const };
    expect(words(found({ browser: insecure }))).toEqual(["poor", "poor", "good"]);
    expect(words(found({ browser: { ...insecure, problem: "ie" } }))).toEqual(["poor", "poor", "poor"]);
    expect(words(found({ browser: { ...insecure, problem: "in_app", fit: "fair" } }))).toEqual(["fair", "fair", "good"]);
  });

  it("slow answers are said", () => {
    const network = { ...found().network, answerMs: 1500 };
    expect(judge(found({ network })).text).toEqual({ word: "fair", reasons: ["slow_answers"] });
  });
});
