/** Which browser this is, in a few words for the technician's board. Pure. Nothing is decided by it. */

const KNOWN: [RegExp, string][] = [
  [/MicroMessenger\/([\d]+)/, "WeChat"],
  [/DingTalk\/([\d]+)/, "DingTalk"],
  [/QQBrowser\/([\d]+)/, "QQ Browser"],
  [/Qaxbrowser|QiAnXin/i, "Qi An Xin"],
  [/360(?:SE|EE|browser)/i, "360"],
  [/Edg\/([\d]+)/, "Edge"],
  [/Firefox\/([\d]+)/, "Firefox"],
  [/Version\/([\d]+).*Safari/, "Safari"],
];

const SYSTEMS: [RegExp, string][] = [
  [/HarmonyOS|OpenHarmony/i, "HarmonyOS"],
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

export function browserName(userAgent: string): string {
  const chromium = /Chrom(?:e|ium)\/([\d]+)/.exec(userAgent)?.[1];
  const known = KNOWN.find(([pattern]) => pattern.test(userAgent));
  const version = known?.[0].exec(userAgent)?.[1] ?? chromium ?? "";
  const name = known?.[1] ?? (chromium === undefined ? "?" : "Chromium");
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  return [`${name} ${version}`.trim(), system].filter(Boolean).join(" · ");
}
