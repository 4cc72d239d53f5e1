/**
 * Which browser this is and what its user has to do, if anything. Pure: what it calls itself and what it can, in; a name
 * and a code, out. Where the name says nothing (360 often calls itself Chrome) only the abilities count.
 */

export interface Abilities {
  /** `isSecureContext`: browsers give cameras to secure pages only. */
  secure: boolean;
  /** `navigator.mediaDevices.getUserMedia` is there. */
  devices: boolean;
  /** `RTCPeerConnection` is there. */
  rtc: boolean;
}

export type Problem =
  /** 360, QQ or Sogou in the mode that is Internet Explorer inside: one click away from the other. */
  | "compatible"
  | "ie"
  /** Inside WeChat, DingTalk and the like: those open pages in a window of their own that lacks half of a browser. */
  | "in_app"
  /** The same, and it has no camera for pages at all. */
  | "in_app_blind"
  | "old"
  | "insecure"
  | "no_rtc"
  | "no_devices";

export interface Advice {
  /** Key of its name, `check.browser.name.<name>`. */
  name: string;
  version: string;
  problem: Problem | null;
  /** Does it open a meeting with picture and sound? */
  fit: "good" | "fair" | "poor";
}

/** The product itself needs this much (see public/old-browser.js). */
const OLDEST = { chrome: 80, firefox: 78, safari: 14 } as const;

const APPS: [RegExp, string][] = [
  [/wxwork\/([\d.]+)/i, "wecom"],
  [/MicroMessenger\/([\d.]+)/, "wechat"],
  [/DingTalk\/([\d.]+)/i, "dingtalk"],
  [/(?:Lark|Feishu)\/([\d.]+)/i, "feishu"],
  [/\bQQ\/([\d.]+)/, "qq"],
  [/AlipayClient\/([\d.]+)/, "alipay"],
  [/Weibo(?:__([\d.]+))?/i, "weibo"],
];

const SHELLS: [RegExp, string][] = [
  [/QIHU 360[SE]E|360[SE]E/i, "b360"],
  [/QIHU|360browser/i, "b360"],
  [/MetaSr ?([\d.]*)/, "sogou"],
  [/M?QQBrowser\/([\d.]+)|TencentTraveler ?([\d.]*)/, "qq_browser"],
  [/Qaxbrowser|QiAnXin/i, "qax"],
  [/LBBROWSER/, "cheetah"],
  [/Maxthon\/?([\d.]*)/, "maxthon"],
  [/2345Explorer\/?([\d.]*)/, "b2345"],
  [/UC?Browser\/([\d.]+)/, "uc"],
  [/HuaweiBrowser\/([\d.]+)/, "huawei"],
  [/MiuiBrowser\/([\d.]+)/, "xiaomi"],
  [/HeyTapBrowser\/([\d.]+)/, "oppo"],
  [/VivoBrowser\/([\d.]+)/i, "vivo"],
  [/Edg(?:A|iOS)?\/([\d.]+)/, "edge"],
];

const ENGINES: [RegExp, keyof typeof OLDEST][] = [
  [/Chrom(?:e|ium)\/(\d+)/, "chrome"],
  [/Firefox\/(\d+)/, "firefox"],
  [/Version\/(\d+)[\d.]* .*Safari/, "safari"],
];

export function advise(userAgent: string, can: Abilities): Advice {
  const app = named(APPS, userAgent);
  const shell = named(SHELLS, userAgent);
  if (/Trident\/|MSIE /.test(userAgent)) {
    return shell ? advice(shell, "compatible") : advice({ name: "ie", version: ieVersion(userAgent) }, "ie");
  }
  const engine = ENGINES.find(([pattern]) => pattern.test(userAgent));
  const major = Number(engine?.[0].exec(userAgent)?.[1] ?? 0);
  const known = app ?? shell ?? { name: engine?.[1] ?? "unknown", version: major ? String(major) : "" };
  const able = can.devices && can.rtc;
  if (app) return advice(known, able ? "in_app" : "in_app_blind");
  // An address without https takes the camera away from every browser: it is not the browser's fault.
  if (!can.secure) return advice(known, "insecure");
  if (engine && major < OLDEST[engine[1]]) return advice(known, "old");
  if (!can.rtc) return advice(known, "no_rtc");
  if (!can.devices) return advice(known, "no_devices");
  return advice(known, null);
}

interface Named {
  name: string;
  version: string;
}

function named(list: [RegExp, string][], userAgent: string): Named | null {
  for (const [pattern, name] of list) {
    const found = pattern.exec(userAgent);
    if (found) return { name, version: (found[1] ?? found[2] ?? "").split(".")[0] ?? "" };
  }
  return null;
}

const ieVersion = (userAgent: string): string => (/MSIE (\d+)/.exec(userAgent) ?? /rv:(\d+)/.exec(userAgent))?.[1] ?? "";

function advice({ name, version }: Named, problem: Problem | null): Advice {
  return { name, version, problem, fit: problem === null ? "good" : problem === "in_app" ? "fair" : "poor" };
}
