import { mount } from "@vue/test-utils";
import { expect, it } from "vitest";
import TitleText from "./TitleText.vue";

const parts = (text: string) => mount(TitleText, { props: { text } }).html().replace(/<!--.*?-->|<\/?span[^>]*>/g, "").split(/<wbr[^>]*>/);

it.each([
  ["“加快新能源充电桩建设”远程协商会", ["“加快新能源充电桩建设”", "远程协商会"]],
  ["播放调研专题片《一桩难求》", ["播放调研专题片《一桩难求》"]],
  ["协商纪要", ["协商纪要"]],
])("lets %s turn over after its quotation", (text, expected) => {
  expect(parts(text)).toEqual(expected);
  expect(mount(TitleText, { props: { text } }).text()).toBe(text);
});

it("shows nothing for nothing", () => {
  expect(mount(TitleText, { props: { text: "" } }).text()).toBe("");
});
