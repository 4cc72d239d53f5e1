import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiError } from "@/api/errors";
import { Connection, LONGEST_DELAY, SILENCE, type Socket, type Status } from "./connection";
import type { ClientFrame, LiveEvent, Me, MediaFrame, ServerFrame, Snapshot, Told, Welcome } from "./words";

class FakeSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  sent: ClientFrame[] = [];
  closed = false;

  send(text: string) {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }
  close() {
    this.closed = true;
  }
  says(frame: ServerFrame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  drops(code = 1006) {
    this.onclose?.({ code });
  }
  get commands() {
    return this.sent.flatMap((frame) => (frame.t === "do" ? [frame] : []));
  }
}

const AT = "2026-10-12T06:30:00Z";
const me: Me = { participant: "p", name: "朱寒露", role: "MEMBER", audience: "everyone", seat: "person", can: [] };
const told = (seq: number): Told => ({ seq, at: AT, type: "floor.requested", v: 1, actor: null, data: { seq } });
const hidden = (seq: number): Told => ({ seq, type: "hidden" });
const welcome = (seq: number, more: Partial<Welcome> = {}): Welcome => ({
  t: "welcome", protocol: 1, at: AT, seq, me, snapshot: null, events: [], ...more,
});

function line(random = 1) {
  const sockets: FakeSocket[] = [];
  const applied: number[] = [];
  const snapshots: Snapshot[] = [];
  const media: MediaFrame[] = [];
  const states: [Status, ApiError | null][] = [];
  const failing = new Set<number>();
  const connection = new Connection({
    meeting: "m",
    seat: "person",
    random: () => random,
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    listener: {
      status: (...state) => states.push(state),
      welcomed: () => undefined,
      replaced: (snapshot) => snapshots.push(snapshot),
      applied: (event: LiveEvent) => {
        if (failing.delete(event.seq)) throw new Error("a reducer's mistake");
        applied.push(event.seq);
      },
      volatile: () => undefined,
      own: () => undefined,
      media: (frame) => media.push(frame),
      clock: () => undefined,
    },
  });
  connection.start();
  const socket = () => sockets[sockets.length - 1] as FakeSocket;
  const welcomed = (frame: Welcome) => {
    socket().onopen?.();
    socket().says(frame);
  };
  return { connection, sockets, socket, applied, snapshots, media, states, failing, welcomed };
}

/** A line that was welcomed with a snapshot at `seq`. */
function liveLine(seq = 10) {
  const all = line();
  all.welcomed(welcome(seq, { snapshot: { floor: {} } }));
  return all;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("coming in", () => {
  it("says hello first and asks for everything", () => {
    const { socket } = liveLine();
    expect(socket().sent[0]).toEqual({ t: "hello", protocol: 1, meeting: "m", since: null, seat: "person" });
  });

  it("takes the snapshot and then the events that came after it", () => {
    const { welcomed, snapshots, applied, connection } = line();
    welcomed(welcome(12, { snapshot: { floor: {} }, events: [told(11), told(12)] }));
    expect(snapshots).toHaveLength(1);
    expect(applied).toEqual([11, 12]);
    expect(connection.seq).toBe(12);
  });

  it("gives up on a socket that is never welcomed", () => {
    const { sockets } = line();
    vi.advanceTimersByTime(15_000 + 500);
    expect(sockets).toHaveLength(2);
    expect(sockets[0]?.closed).toBe(true);
  });
});

describe("events", () => {
  it("are applied once each, in order, and placeholders only count", () => {
    const { socket, applied, connection } = liveLine(10);
    socket().says({ t: "events", events: [told(11), hidden(12), told(13)] });
    socket().says({ t: "events", events: [told(13), told(14)] });
    expect(applied).toEqual([11, 13, 14]);
    expect(connection.seq).toBe(14);
  });

  it("are never applied across a gap: it comes back and asks for what is missing", () => {
    const { socket, sockets, applied, welcomed } = liveLine(10);
    socket().says({ t: "events", events: [told(11), told(13)] });
    expect(applied).toEqual([11]);
    expect(sockets[0]?.closed).toBe(true);
    vi.advanceTimersByTime(500);
    welcomed(welcome(13, { events: [told(12), told(13)] }));
    expect(sockets[1]?.sent[0]).toMatchObject({ since: 11 });
    expect(applied).toEqual([11, 12, 13]);
  });

  it("that got lost at the end are noticed by the second beat", () => {
    const { socket, sockets } = liveLine(10);
    socket().says({ t: "beat", seq: 11, at: AT, mark: "a" });
    expect(socket().sent.pop()).toEqual({ t: "seen", mark: "a" });
    socket().says({ t: "beat", seq: 11, at: AT, mark: "b" });
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(2);
  });

  it("that a reducer cannot take cost a new snapshot", () => {
    vi.spyOn(console, "error").mockImplementationOnce(() => undefined);
    const { socket, failing } = liveLine(10);
    failing.add(11);
    socket().says({ t: "events", events: [told(11), told(12)] });
    vi.advanceTimersByTime(500);
    socket().onopen?.();
    expect(socket().sent[0]).toMatchObject({ t: "hello", since: null });
  });
});

describe("a cut", () => {
  it("is followed by longer and longer waits, up to ten seconds", () => {
    const { sockets, socket } = liveLine();
    const waits: number[] = [];
    for (let round = 0; round < 7; round++) {
      socket().drops();
      const before = sockets.length;
      let waited = 0;
      while (sockets.length === before) {
        vi.advanceTimersByTime(250);
        waited += 250;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, LONGEST_DELAY, LONGEST_DELAY]);
  });

  it("after a good while starts with the short wait again", () => {
    const { sockets, socket, welcomed } = liveLine();
    for (let round = 0; round < 5; round++) {
      socket().drops();
      vi.advanceTimersByTime(LONGEST_DELAY);
    }
    welcomed(welcome(10));
    vi.advanceTimersByTime(6_000);
    const before = sockets.length;
    socket().drops();
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(before + 1);
  });

  it("is spread by chance", () => {
    const { sockets, socket } = line(0);
    socket().drops();
    vi.advanceTimersByTime(250);
    expect(sockets).toHaveLength(2);
  });

  it("is assumed after forty silent seconds, and not while beats come", () => {
    const { sockets, socket } = liveLine();
    for (let beat = 0; beat < 4; beat++) {
      vi.advanceTimersByTime(15_000);
      socket().says({ t: "beat", seq: 10, at: AT, mark: "a" });
    }
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(SILENCE + 500);
    expect(sockets).toHaveLength(2);
  });

  it("leaves the old socket without a voice", () => {
    const { sockets, socket, applied, states } = liveLine(10);
    const old = socket();
    old.drops();
    vi.advanceTimersByTime(500);
    old.says({ t: "events", events: [told(11)] });
    old.drops(4001);
    expect(applied).toEqual([]);
    expect(sockets).toHaveLength(2);
    expect(states[states.length - 1]?.[0]).toBe("connecting");
  });

  it("asks for a snapshot when the role now sees other events", () => {
    const { socket, welcomed } = liveLine(10);
    socket().drops(1012);
    vi.advanceTimersByTime(500);
    welcomed(welcome(10, { me: { ...me, role: "SECRETARY", audience: "staff" } }));
    vi.advanceTimersByTime(0);
    socket().onopen?.();
    expect(socket().sent[0]).toMatchObject({ since: null });
  });

  it("ends where coming back is useless, with the reason", async () => {
    const { socket, sockets, connection, states } = liveLine();
    const answer = connection.do({ type: "floor.request" });
    socket().drops(4001);
    await expect(answer).rejects.toMatchObject({ code: "NOT_SIGNED_IN" });
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
    expect(states[states.length - 1]).toMatchObject(["closed", { code: "NOT_SIGNED_IN" }]);
  });
});

describe("a command", () => {
  it("resolves with its result when its events are here", async () => {
    const { socket, connection } = liveLine(10);
    let result: unknown = "waiting";
    void connection.do({ type: "floor.request" }).then((value) => (result = value));
    const id = socket().commands[0]?.id ?? "";
    socket().says({ t: "done", id, seq: 11, result: { request: "r" } });
    await vi.advanceTimersByTimeAsync(0);
    expect(result).toBe("waiting");
    socket().says({ t: "events", events: [told(11)] });
    await vi.advanceTimersByTimeAsync(0);
    expect(result).toEqual({ request: "r" });
  });

  it("is refused with a code and facts", async () => {
    const { socket, connection } = liveLine();
    const answer = connection.do({ type: "floor.request" });
    socket().says({ t: "refused", id: socket().commands[0]?.id ?? "", code: "QUEUE_CLOSED", facts: { item: 3 } });
    await expect(answer).rejects.toMatchObject({ code: "QUEUE_CLOSED", facts: { item: 3 } });
  });

  it("is sent again with the same id after a cut, until it is answered", () => {
    const { socket, connection, welcomed } = liveLine(10);
    void connection.do({ type: "floor.request" });
    const first = socket().commands[0];
    socket().drops();
    void connection.do({ type: "floor.withdraw" });
    vi.advanceTimersByTime(500);
    welcomed(welcome(10));
    expect(socket().commands[0]).toEqual(first);
    expect(socket().commands.map((frame) => frame.command.type)).toEqual(["floor.request", "floor.withdraw"]);
    for (const { id } of socket().commands) socket().says({ t: "done", id, seq: 10, result: null });
    socket().drops();
    vi.advanceTimersByTime(1000);
    welcomed(welcome(10));
    expect(socket().commands).toEqual([]);
  });

  it("that the server could not read is not sent again", async () => {
    const { socket, connection } = liveLine();
    const answer = connection.do({ type: "floor.request" });
    socket().drops(4009);
    await expect(answer).rejects.toMatchObject({ code: "BAD_FRAME" });
  });
});

describe("media frames", () => {
  it("go out only on a live line", () => {
    const { socket, connection, media } = liveLine();
    expect(connection.sendMedia({ op: "view", thumbs: 4 })).toBe(true);
    expect(socket().sent.pop()).toEqual({ t: "media", op: "view", thumbs: 4 });
    socket().says({ t: "media", op: "reset" });
    expect(media).toEqual([{ t: "media", op: "reset" }]);
    socket().drops();
    expect(connection.sendMedia({ op: "leave" })).toBe(false);
  });
});
