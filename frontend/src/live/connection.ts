/**
 * One participant's line to the meeting: a WebSocket that comes back by itself.
 *
 * Events are handed on exactly once and in order of `seq`; a gap is never bridged but asked for again (`since`).
 * Commands keep their id until they are answered, so sending one again after a cut cannot do it twice.
 * Only the current socket may speak: what a dropped one still says is ignored. It knows nothing of Vue or of slices.
 */
import { ApiError, CLOSED } from "@/api/errors";
import type { OwnParts } from "@/api/generated/protocol";
import { Pending } from "./pending";
import {
  type Beat,
  CLOSE_MALFORMED,
  type ClientFrame,
  type Command,
  FINAL_CLOSE,
  type LiveEvent,
  type Me,
  type MediaFrame,
  PROTOCOL,
  type Seat,
  type ServerFrame,
  type Snapshot,
  type Told,
  type VolatileFrame,
  type Welcome,
} from "./words";

/** The part of a WebSocket that is used: tests bring their own. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: ((closed: { code: number }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export type Status = "connecting" | "live" | "waiting" | "closed";

/** What the line tells its owner. Everything is called in the order of the wire. */
export interface Listener {
  status(status: Status, error: ApiError | null): void;
  welcomed(me: Me): void;
  replaced(snapshot: Snapshot): void;
  applied(event: LiveEvent): void;
  volatile(frame: VolatileFrame): void;
  own(own: OwnParts): void;
  media(frame: MediaFrame): void;
  /** The server's clock, from frames that are sent the moment they are made. */
  clock(at: string): void;
}

export interface Settings {
  meeting: string;
  seat: Seat;
  listener: Listener;
  open: () => Socket;
  random?: () => number;
}

export const FIRST_DELAY = 500;
export const LONGEST_DELAY = 10_000;
export const SILENCE = 40_000;
const WELCOME_WITHIN = 15_000;
/** A line that lived this long was a good one: the next cut starts again with the first delay. */
const STABLE = 5_000;

export class Connection {
  status: Status = "connecting";
  seq: number | null = null;

  private socket: Socket | null = null;
  private audience: string | null = null;
  private attempt = 0;
  private welcomedAt = 0;
  private promised = 0;
  /** Why the hello was refused: told before the door closes. */
  private refusal: ApiError | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private readonly pending = new Pending();

  constructor(private readonly settings: Settings) {}

  start(): void {
    this.connect();
  }

  /** Leave for good. Unanswered commands are refused with CLOSED. */
  stop(): void {
    this.finish(new ApiError(CLOSED), null);
  }

  /** Ask for something. Resolves with the result once the events it caused are applied here. */
  do<Result = unknown>(command: Command): Promise<Result> {
    if (this.status === "closed") return Promise.reject(new ApiError(CLOSED));
    const { id, answer } = this.pending.add(command);
    if (this.status === "live") this.send({ t: "do", id, command });
    return answer as Promise<Result>;
  }

  /** A frame for the media part; `false` when there is no line to send it on: the engine starts over on `welcomed`. */
  sendMedia(frame: { op: string } & Record<string, unknown>): boolean {
    if (this.status !== "live") return false;
    this.send({ ...frame, t: "media" });
    return true;
  }

  /** The network is back, or the page is visible again: do not wait for the timer. */
  retryNow(): void {
    if (this.status === "waiting") this.connect();
  }

  private connect(): void {
    clearTimeout(this.retry);
    this.refusal = null;
    this.tell("connecting");
    const socket = this.settings.open();
    this.socket = socket;
    this.watch(WELCOME_WITHIN);
    const current = (act: () => void) => {
      if (this.socket === socket) act();
    };
    socket.onopen = () => current(() => this.hello());
    socket.onmessage = ({ data }) => current(() => this.receive(data));
    socket.onclose = ({ code }) => current(() => this.dropped(code));
  }

  private hello(): void {
    const { meeting, seat } = this.settings;
    this.send({ t: "hello", protocol: PROTOCOL, meeting, since: this.seq, seat });
  }

  private receive(data: unknown): void {
    const frame = JSON.parse(String(data)) as ServerFrame;
    if (this.status === "live") this.watch(SILENCE);
    switch (frame.t) {
      case "welcome":
        return this.welcome(frame);
      case "events":
        return this.apply(frame.events);
      case "done":
        return this.pending.done(frame.id, frame.seq, frame.result, this.seq ?? 0);
      case "refused":
        return this.refused(frame.id, frame.code, frame.facts);
      case "beat":
        return this.beat(frame);
      case "volatile":
        return this.settings.listener.volatile(frame);
      case "own":
        return this.settings.listener.own(frame.data);
      case "media":
        return this.settings.listener.media(frame);
    }
  }

  private welcome(frame: Welcome): void {
    const { listener } = this.settings;
    if (frame.snapshot === null && frame.me.audience !== this.audience) {
      // A new role sees other events: what was hidden before can only come with a snapshot.
      this.seq = null;
      this.audience = frame.me.audience;
      return this.reconnect(0);
    }
    this.audience = frame.me.audience;
    this.welcomedAt = Date.now();
    listener.clock(frame.at);
    listener.welcomed(frame.me);
    if (frame.snapshot !== null) {
      this.seq = frame.events[0] ? frame.events[0].seq - 1 : frame.seq;
      listener.replaced(frame.snapshot);
    }
    this.promised = frame.seq;
    this.apply(frame.events);
    if (!this.socket) return;
    this.tell("live");
    this.watch(SILENCE);
    for (const { id, command } of this.pending.unanswered()) this.send({ t: "do", id, command });
  }

  private apply(events: Told[]): void {
    for (const event of events) {
      const expected = (this.seq ?? 0) + 1;
      if (event.seq < expected) continue; // told before
      if (event.seq > expected) return this.reconnect();
      this.seq = event.seq;
      if (isTold(event) && !this.handOn(event)) return;
    }
    this.pending.reached(this.seq ?? 0);
  }

  /** A reducer that fails costs a fresh snapshot, not a screen that differs from all others. */
  private handOn(event: LiveEvent): boolean {
    try {
      this.settings.listener.applied(event);
      return true;
    } catch (error) {
      console.error(error);
      this.seq = null;
      this.reconnect();
      return false;
    }
  }

  private refused(id: string | null, code: string, facts: Record<string, unknown>): void {
    if (id !== null) this.pending.refuse(id, new ApiError(code, facts));
    else if (this.status !== "live") this.refusal = new ApiError(code, facts);
  }

  private beat({ seq, at, mark }: Beat): void {
    this.settings.listener.clock(at);
    // An event may still be on its way when a beat overtakes it; after a whole beat it is lost.
    if ((this.seq ?? 0) < this.promised) return this.reconnect();
    this.promised = seq;
    this.send({ t: "seen", mark });
  }

  private dropped(code: number): void {
    const final = FINAL_CLOSE[code];
    if (final) return this.finish(this.refusal ?? new ApiError(final), this.refusal ?? new ApiError(final));
    // Sending again what the server could not read would only be thrown out again.
    if (code === CLOSE_MALFORMED) this.pending.refuseAll(new ApiError("BAD_FRAME"));
    this.reconnect();
  }

  /** Drop this socket and come back: after a growing, random while, so that a whole city does not return at once. */
  private reconnect(delay = this.nextDelay()): void {
    this.release();
    this.tell("waiting");
    this.retry = setTimeout(() => this.connect(), delay);
  }

  private nextDelay(): number {
    if (this.welcomedAt && Date.now() - this.welcomedAt >= STABLE) this.attempt = 0;
    this.welcomedAt = 0;
    const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.attempt++);
    return longest * (0.5 + 0.5 * (this.settings.random ?? Math.random)());
  }

  private finish(reason: ApiError, shown: ApiError | null): void {
    clearTimeout(this.retry);
    this.release();
    this.pending.refuseAll(reason);
    this.tell("closed", shown);
  }

  private release(): void {
    clearTimeout(this.watchdog);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private watch(milliseconds: number): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.reconnect(), milliseconds);
  }

  private send(frame: ClientFrame): void {
    this.socket?.send(JSON.stringify(frame));
  }

  private tell(status: Status, error: ApiError | null = null): void {
    if (this.status === status && status !== "connecting") return;
    this.status = status;
    this.settings.listener.status(status, error);
  }
}

const isTold = (event: Told): event is LiveEvent => event.type !== "hidden";

/** The WebSocket of this page's server. */
export function liveSocket(): Socket {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(`${scheme}//${location.host}/ws/live`) as unknown as Socket;
}
