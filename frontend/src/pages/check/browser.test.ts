import { describe, expect, it } from "vitest";
import { advise, type Problem } from "./browser";

const ABLE = { secure: true, devices: true, rtc: true };
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";
const ANDROID = "Mozilla/5.0 (Linux; Android 12; ELS-AN00 Build/HUAWEIELS) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";

/** What it calls itself → how we name it, and what its user has to do. */
const GOOD: [string, string, string][] = [
  [`${WINDOWS} Chrome/120.0.0.0 Safari/537.36`, "chrome", "120"],
  [`${WINDOWS} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.91`, "edge", "120"],
  [`${WINDOWS} Chrome/86.0.4240.198 Safari/537.36 QIHU 360SE`, "b360", ""],
  [`${WINDOWS} Chrome/86.0.4240.198 Safari/537.36 QIHU 360EE`, "b360", ""],
  [`${WINDOWS} Chrome/94.0.4606.71 Safari/537.36 Core/1.94.225.400 QQBrowser/12.2.5544.400`, "qq_browser", "12"],
  [`${WINDOWS} Chrome/80.0.3987.87 Safari/537.36 SE 2.X MetaSr 1.0`, "sogou", "1"],
  ["Mozilla/5.0 (X11; Linux aarch64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/83.0.4103.61 Safari/537.36 Qaxbrowser", "qax", ""],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "firefox", "128"],
  [`${IPHONE} Version/16.5 Mobile/15E148 Safari/604.1`, "safari", "16"],
  [`${ANDROID} Chrome/114.0.5735.196 HuaweiBrowser/15.0.4.312 Mobile Safari/537.36`, "huawei", "15"],
];

describe("what a browser is and what its user has to do", () => {
  it.each(GOOD)("%s is fine", (userAgent, name, version) => {
    expect(advise(userAgent, ABLE)).toEqual({ name, version, problem: null, fit: "good" });
  });

  const TRIDENT: [string, string, Problem][] = [
    ["Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "ie", "ie"],
    ["Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)", "ie", "ie"],
    ["Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; .NET4.0C; .NET4.0E; QIHU 360SE; rv:11.0) like Gecko", "b360", "compatible"],
    ["Mozilla/5.0 (Windows NT 6.1; Trident/7.0; QQBrowser/9.6.5.11129; rv:11.0) like Gecko", "qq_browser", "compatible"],
    ["Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/7.0; SE 2.X MetaSr 1.0)", "sogou", "compatible"],
  ];
  it.each(TRIDENT)("%s is Internet Explorer inside", (userAgent, name, problem) => {
    expect(advise(userAgent, { secure: false, devices: false, rtc: false })).toMatchObject({ name, problem, fit: "poor" });
  });

  const APPS: [string, string][] = [
    [`${ANDROID} Chrome/107.0.5304.141 Mobile Safari/537.36 XWEB/5023 MMWEBSDK/20230303 MicroMessenger/8.0.34.2340(0x2800225D)`, "wechat"],
    [`${IPHONE} Mobile/15E148 wxwork/4.1.6 MicroMessenger/7.0.1 Language/zh`, "wecom"],
    [`${ANDROID} Chrome/91.0.4472.114 Mobile Safari/537.36 AliApp(DingTalk/7.0.40) com.alibaba.android.rimet`, "dingtalk"],
    [`${IPHONE} Mobile/15E148 Lark/6.4.1`, "feishu"],
    [`${ANDROID} Chrome/98.0.4758.102 MQQBrowser/6.2 TBS/046279 Mobile Safari/537.36 V1_AND_SQ_8.9.20 QQ/8.9.20.9755`, "qq"],
  ];
  it.each(APPS)("%s is a window inside another app", (userAgent, name) => {
    expect(advise(userAgent, ABLE)).toMatchObject({ name, problem: "in_app", fit: "fair" });
    expect(advise(userAgent, { ...ABLE, devices: false })).toMatchObject({ name, problem: "in_app_blind", fit: "poor" });
  });

  it("without https the address is to blame, not the browser", () => {
    const seen = advise(`${WINDOWS} Chrome/120.0.0.0 Safari/537.36`, { secure: false, devices: false, rtc: true });
    expect(seen).toMatchObject({ name: "chrome", problem: "insecure", fit: "poor" });
  });

  it.each([
    [`${WINDOWS} Chrome/69.0.3497.100 Safari/537.36`, ABLE, "old"],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Gecko/20100101 Firefox/60.0", ABLE, "old"],
    [`${WINDOWS} Chrome/120.0.0.0 Safari/537.36`, { ...ABLE, rtc: false }, "no_rtc"],
    [`${WINDOWS} Chrome/120.0.0.0 Safari/537.36`, { ...ABLE, devices: false }, "no_devices"],
    ["something nobody knows", { ...ABLE, rtc: false }, "no_rtc"],
    ["something nobody knows", ABLE, null],
  ])("%s", (userAgent, can, problem) => {
    expect(advise(userAgent, can).problem).toBe(problem);
  });
});
