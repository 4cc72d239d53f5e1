import { defineComponent, h, nextTick } from "vue";
import { mount, type VueWrapper } from "@vue/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { PollView } from "@/api/generated/protocol";
import { i18n } from "@/i18n";
import type { Socket } from "@/live/connection";
import { openRoom } from "@/live/store";
import type { Me, ServerFrame } from "@/live/words";
import BallotCard from "./BallotCard.vue";

/** The card on the real store and connection; the test plays the server at the socket and at `/mine`. */
const AT = "2026-10-12T06:30:00Z";
const me: Me = { participant: "p", name: "朱寒露", role: "MEMBER", audience: "everyone", seat: "companion", can: ["voting.cast"] };
const poll = (changes: Partial<PollView> = {}): PollView =>
  ({
    id: "poll-1", number: 1, question: "总体评价", options: ["赞同", "基本赞同", "保留意见"], mode: "SECRET", kind: "SINGLE",
    max_choices: 1, state: "OPEN", eligible: 36, void_reason: null, result: null, ...changes,
  }) as unknown as PollView;

let sockets: Socket[];
let sent: { t: string; id: string; command: { type: string; choices: number[] } }[];
let mine: unknown[];
let card: VueWrapper;
let seq: number;

const says = (frame: ServerFrame) => sockets.at(-1)?.onmessage?.({ data: JSON.stringify(frame) });
const casts = () => sent.filter(({ t }) => t === "do");
const settle = async () => {
  await vi.advanceTimersByTimeAsync(0);
  await nextTick();
};

async function welcome(polls: PollView[] = []) {
  sockets.at(-1)?.onopen?.();
  const snapshot = { meeting: { id: "m", state: "LIVE" }, voting: { polls: Object.fromEntries(polls.map((one) => [one.id, one])) } };
  says({ t: "welcome", protocol: 1, at: AT, seq, me, snapshot, events: [] });
  await settle();
}
async function tells(type: string, data: Record<string, unknown>) {
  says({ t: "events", events: [{ seq: ++seq, at: AT, type, v: 1, actor: null, data }] });
  await settle();
}
const mark = (at: number) => card.findAll("input")[at]?.setValue(true);
const submit = async () => {
  await card.find("form").trigger("submit");
  await settle();
};

beforeEach(() => {
  vi.useFakeTimers();
  [sockets, sent, mine, seq] = [[], [], [{ poll: "poll-1", received: false, choices: null }], 3];
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(mine))));
  const open = (): Socket => {
    const socket: Socket = { onopen: null, onmessage: null, onclose: null, send: (text) => void sent.push(JSON.parse(text)), close: () => undefined };
    sockets.push(socket);
    return socket;
  };
  const Page = defineComponent({
    setup() {
      openRoom({ meeting: "m", seat: "companion", open, random: () => 0 });
      return () => h(BallotCard);
    },
  });
  card = mount(Page, { global: { plugins: [i18n] }, attachTo: document.body });
});
afterEach(() => {
  card.unmount();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("shows nothing until a poll asks me", async () => {
  mine = [];
  await welcome();
  await tells("voting.opened", { poll: poll() });
  expect(card.find("section").exists()).toBe(false);
});

it("keeps what I have marked while the meeting goes on around it", async () => {
  await welcome();
  await tells("voting.opened", { poll: poll() });
  await mark(1);
  await tells("voting.opened", { poll: poll({ eligible: 35 }) });
  says({ t: "volatile", kind: "turnout", data: { poll: "poll-1", participated: 5, eligible: 36 } });
  await settle();
  expect(card.findAll("input").map(({ element }) => element.checked)).toEqual([false, true, false]);
});

it("says received only when the server has said so", async () => {
  await welcome([poll()]);
  await mark(0);
  await submit();
  expect(card.text()).toContain("已发送");
  expect(card.text()).not.toContain("已收到您的意见");
  says({ t: "done", id: casts()[0]?.id ?? "", seq, result: { received: true } });
  await settle();
  expect(card.text()).toContain("已收到您的意见");
});

it("sends the same ballot with the same id again when the line was cut", async () => {
  await welcome([poll()]);
  await mark(2);
  await submit();
  sockets.at(-1)?.onclose?.({ code: 1006 });
  await settle();
  expect(card.text()).toContain("网络中断");
  await vi.advanceTimersByTimeAsync(1000);
  await welcome([poll()]);
  expect(casts().map(({ id, command }) => [id, command.choices])).toEqual([[casts()[0]?.id, [2]], [casts()[0]?.id, [2]]]);
});

it("tries again by itself when the server is busy", async () => {
  await welcome([poll()]);
  await mark(0);
  await submit();
  says({ t: "refused", id: casts()[0]?.id ?? "", code: "BUSY", facts: {} });
  await vi.advanceTimersByTimeAsync(2000);
  expect(casts()).toHaveLength(2);
  expect(card.text()).toContain("已发送");
});

it.each([
  ["ALREADY_VOTED", {}, "已收到您的意见"],
  ["POLL_CLOSED", { received: true }, "已收到您的意见"],
  ["POLL_CLOSED", { received: false }, "没有收到您的意见"],
  ["BAD_CHOICE", {}, "所选项目无效"],
])("after %s with %o says: %s", async (code, facts, words) => {
  await welcome([poll()]);
  await mark(0);
  await submit();
  says({ t: "refused", id: casts()[0]?.id ?? "", code, facts });
  await settle();
  expect(card.text()).toContain(words);
});

it("says so when the poll ended before I had answered, and goes away when it ended after", async () => {
  await welcome([poll()]);
  await mark(0);
  await tells("voting.closed", { poll: poll({ state: "CLOSED" }) });
  expect(card.text()).toContain("没有收到您的意见");
  mine = [{ poll: "poll-2", received: true, choices: null }];
  await tells("voting.opened", { poll: poll({ id: "poll-2" }) });
  expect(card.text()).toContain("已收到您的意见");
  await tells("voting.closed", { poll: poll({ id: "poll-2", state: "CLOSED" }) });
  expect(card.find("section").exists()).toBe(false);
});

it("lets a named answer be changed, and says what counts when the change came too late", async () => {
  mine = [{ poll: "poll-1", received: true, choices: [1] }];
  await welcome([poll({ mode: "NAMED" })]);
  expect(card.text()).toContain("您的选项：基本赞同");
  await card.findAll("button").find((one) => one.text() === "修改")?.trigger("click");
  await mark(2);
  await tells("voting.closed", { poll: poll({ mode: "NAMED", state: "CLOSED" }) });
  expect(card.text()).toContain("以您此前提交的选项为准");
});

it("tells why a poll was called off, even to those who had answered", async () => {
  mine = [{ poll: "poll-1", received: true, choices: null }];
  await welcome([poll()]);
  await tells("voting.voided", { poll: poll({ state: "VOID", void_reason: "题目有误" }) });
  expect(card.text()).toContain("题目有误");
});
