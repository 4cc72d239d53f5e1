import { describe, expect, it } from "vitest";
import type { DocumentView } from "@/api/generated/protocol";
import { isReadable, listed, mayShow, neighbours, pageByKey, shownDocument, sizeText, unfit, widthFor } from "./model";

const report = (facts: Partial<DocumentView> = {}): DocumentView => ({
  id: "report",
  title: "调研报告",
  filename: "report.pdf",
  bytes: 1,
  pages: 14,
  ready_pages: 14,
  state: "READY",
  error: null,
  uploader: "li",
  position: 1,
  ...facts,
});

describe("who may show a document", () => {
  it.each([
    ["SECRETARY", false, "DRAFT", true],
    ["SECRETARY", false, "LIVE", true],
    ["HOST", false, "ENDED", false],
    ["MEMBER", false, "LIVE", false],
    ["MEMBER", true, "LIVE", true],
    ["MEMBER", true, "PAUSED", false],
  ])("%s with the floor %s in %s: %s", (role, hasFloor, state, may) => {
    expect(mayShow({ role, hasFloor, can: true }, state)).toBe(may);
  });

  it("is never somebody whose role may not", () => {
    expect(mayShow({ role: "LEADER", hasFloor: true, can: false }, "LIVE")).toBe(false);
  });
});

it("can be read as soon as a page is drawn", () => {
  expect(isReadable(report({ state: "PROCESSING", ready_pages: 0 }))).toBe(false);
  expect(isReadable(report({ state: "PROCESSING", ready_pages: 1 }))).toBe(true);
  expect(isReadable(report({ state: "FAILED", ready_pages: 2 }))).toBe(false);
  expect(isReadable(report({ state: "RECALLED" }))).toBe(false);
});

describe("the list", () => {
  const member = { id: "qian", desk: false };

  it("is in order, without what was taken back before anybody could read it", () => {
    const rows = [report({ id: "b", position: 2 }), report({ id: "x", state: "RECALLED", ready_pages: 0 }), report({ id: "a" })];
    expect(listed(rows, member).map(({ id }) => id)).toEqual(["a", "b"]);
    expect(listed([report({ state: "RECALLED" })], member)).toHaveLength(1);
  });

  it("tells of failures only those whom they concern", () => {
    const rows = [report({ state: "FAILED", ready_pages: 0, error: "PDF_ENCRYPTED" })];
    expect(listed(rows, member)).toHaveLength(0);
    expect(listed(rows, { id: "li", desk: false })).toHaveLength(1);
    expect(listed(rows, { id: "qian", desk: true })).toHaveLength(1);
  });
});

it("knows what is shown", () => {
  const presenting = { document: "report", page: 3, presenter: "li", started_at: "" };
  expect(shownDocument({ documents: [report()], presenting })?.id).toBe("report");
  expect(shownDocument({ documents: [report()], presenting: null })).toBeUndefined();
});

it.each([
  [300, 1, 480],
  [360, 2, 1080],
  [360, 3, 1080],
  [1000, 1, 1080],
  [1400, 1, 1920],
  [3000, 2, 1920],
])("asks for a width that is sharp in %i px at %i×: %i", (box, ratio, width) => {
  expect(widthFor(box, ratio)).toBe(width);
});

it("fetches the neighbours that are drawn", () => {
  expect(neighbours(1, 14)).toEqual([2, 3]);
  expect(neighbours(5, 14)).toEqual([6, 4, 7]);
  expect(neighbours(5, 5)).toEqual([4]);
});

it.each([
  ["ArrowRight", 4],
  ["PageUp", 2],
  ["Home", 1],
  ["End", 14],
  ["a", null],
])("turns by %s", (key, page) => {
  expect(pageByKey(key, 3, 14)).toBe(page);
});

it("stays between the covers", () => {
  expect(pageByKey("PageDown", 14, 14)).toBe(14);
  expect(pageByKey("ArrowLeft", 1, 14)).toBe(1);
});

it("tells sizes in figures that people read", () => {
  expect([sizeText(900, "zh-CN"), sizeText(184_320, "zh-CN"), sizeText(2_345_678, "zh-CN")]).toEqual(["1 KB", "184 KB", "2.3 MB"]);
});

it("does not send what cannot pass", () => {
  const limits = { max_bytes: 100, max_pages: 500, accept: "application/pdf", may_add: true };
  expect(unfit({ size: 101, name: "a.pdf", type: "application/pdf" }, limits)).toBe("FILE_TOO_LARGE");
  expect(unfit({ size: 1, name: "a.docx", type: "application/msword" }, limits)).toBe("NOT_A_PDF");
  // 360 and old WebViews give no type: the server looks into the file.
  expect(unfit({ size: 1, name: "report", type: "" }, limits)).toBeNull();
});
