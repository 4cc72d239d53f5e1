import { describe, expect, it } from "vitest";
import { createI18n } from "vue-i18n";
import { zhCN } from "@/i18n/zh-CN";
import { type Findings, noDevice, noNetwork } from "./findings";
import { report } from "./report";

const { global } = createI18n<false>({ legacy: false, locale: "zh-CN", messages: { "zh-CN": zhCN as never } });
const words = (key: string, facts?: Record<string, unknown>): string => global.t(key, facts ?? {});
const AROUND = { at: "2026年11月23日 14:30", site: "https://gs.chengwan.example", userAgent: "Mozilla/5.0 (X11)", screen: "1440 × 900 @ 1" };

const FOUND: Findings = {
  browser: { name: "b360", version: "13", problem: null, fit: "good" },
  camera: { ...noDevice(), state: "good", label: "USB Camera", size: "640 × 360" },
  microphone: { ...noDevice(), state: "refused", code: "PERMISSION_DENIED" },
  speaker: "heard",
  network: {
    ...noNetwork(),
    state: "done",
    way: "tls",
    ways: { direct: "closed", udp: "closed", tcp: "closed", tls: "open" },
    measured: { upKbps: 640, downKbps: 1500, lossUp: 0.021, lossDown: 0, rttMs: 85, slowDevice: false },
    answerMs: 60,
  },
};

describe("the report for the technician", () => {
  it("says when, where, with what, what was tried and what came out", () => {
    expect(report(FOUND, AROUND, words).split("\n")).toEqual([
      "共商 网络与设备检测",
      "时间：2026年11月23日 14:30",
      "网址：https://gs.chengwan.example",
      "浏览器：360 浏览器 13",
      "浏览器自称：Mozilla/5.0 (X11)",
      "屏幕：1440 × 900 @ 1",
      "摄像头：正常（USB Camera, 640 × 360）",
      "麦克风：不能使用（PERMISSION_DENIED）",
      "扬声器：正常",
      "线路：UDP 直连 不通，中转 UDP 不通，中转 TCP 不通，中转 TLS 通",
      "上行：640 kbit/s，丢包 2.1%",
      "下行：1500 kbit/s，丢包 0.0%",
      "往返延迟：85 毫秒",
      "服务器应答：60 毫秒",
      "带画面发言：不适合（上行太慢，麦克风不能使用）",
      "只用声音发言：不适合（麦克风不能使用）",
      "文字与表决：适合",
    ]);
  });

  it("says what could not be measured and why", () => {
    const network = { ...noNetwork(), state: "refused" as const, refusal: "NOT_SIGNED_IN" };
    const text = report({ ...FOUND, network }, AROUND, words);
    expect(text).toContain("网络检测未完成：NOT_SIGNED_IN");
    expect(text).toContain("服务器应答：未测出");
    expect(text).not.toContain("上行：");
  });
});
