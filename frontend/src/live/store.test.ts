import { nextTick, watchEffect } from "vue";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Socket } from "./connection";
import { createRoom, type RoomHandle } from "./store";
import type { Me, ServerFrame, Snapshot } from "./words";

const AT = "2026-10-12T06:30:00Z";
const me: Me = { participant: "p", name: "朱寒露", role: "MEMBER", audience: "everyone", seat: "person", can: ["floor.request"] };
const snapshot: Snapshot = { stage: { spotlight: null, layout: "SPEAKER" }, floor: { is_open: false } };

let socket: Socket;
let handle: RoomHandle;
const says = (frame: ServerFrame) => socket.onmessage?.({ data: JSON.stringify(frame) });
const welcome = () => {
  socket.onopen?.();
  says({ t: "welcome", protocol: 1, at: AT, seq: 3, me, snapshot, events: [] });
};

beforeEach(() => {
  vi.useFakeTimers();
  handle = createRoom({
    meeting: "m",
    seat: "person",
    open: () => (socket = { onopen: null, onmessage: null, onclose: null, send: () => undefined, close: () => undefined }),
  });
});
afterEach(() => {
  handle.leave();
  vi.useRealTimers();
});

it("has no room before the welcome, and then what the snapshot says", () => {
  expect([handle.room.value, handle.status.value]).toEqual([null, "connecting"]);
  welcome();
  expect(handle.room.value).toEqual(snapshot);
  expect([handle.status.value, handle.me.value?.name]).toEqual(["live", "朱寒露"]);
  expect([handle.can("floor.request"), handle.can("floor.call")]).toEqual([true, false]);
});

it("tells who watches a slice when that slice changes, and nobody else", async () => {
  welcome();
  const seen: unknown[] = [];
  let floors = 0;
  watchEffect(() => seen.push(handle.room.value?.stage.spotlight));
  watchEffect(() => void (handle.room.value?.floor, floors++));
  const change = { seq: 4, at: AT, type: "stage.spotlight_set", v: 1, actor: null, data: { participant: "x" } };
  says({ t: "events", events: [change] });
  await nextTick();
  expect(seen).toEqual([null, "x"]);
  expect(floors).toBe(1);
});

it("hands events and volatile messages on as they happen", () => {
  welcome();
  const types: string[] = [];
  handle.onEvent(({ type }) => types.push(type));
  says({ t: "events", events: [{ seq: 4, at: AT, type: "meeting.paused", v: 1, actor: null, data: { meeting: {} } }] });
  says({ t: "volatile", kind: "speaking", data: { participants: ["x"] } });
  expect(types).toEqual(["meeting.paused"]);
  expect(handle.volatile.speaking).toEqual({ participants: ["x"] });
});

it("tells the media engine of every line, and of one that is there already", () => {
  const early = vi.fn();
  handle.mediaLine.onWelcome(early);
  expect(handle.mediaLine.send({ op: "view", thumbs: 4 })).toBe(false);
  welcome();
  const late = vi.fn();
  handle.mediaLine.onWelcome(late);
  expect([early.mock.calls.length, late.mock.calls.length]).toEqual([1, 1]);
  expect(handle.mediaLine.send({ op: "view", thumbs: 4 })).toBe(true);
});

it("comes back at once when the network is back", () => {
  welcome();
  const first = socket;
  socket.onclose?.({ code: 1006 });
  expect(handle.status.value).toBe("waiting");
  window.dispatchEvent(new Event("online"));
  expect(socket).not.toBe(first);
});

it("runs on the server's clock", () => {
  vi.setSystemTime("2026-10-12T06:00:00Z");
  welcome();
  expect(new Date(handle.now()).toISOString()).toBe("2026-10-12T06:30:00.000Z");
});
