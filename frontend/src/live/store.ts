/**
 * The room that a page shows: the reduced state of the meeting, who I am in it, and the ways to act.
 *
 * State is only ever replaced by reducers; components read it and call `run`. One page has one room, provided by its
 * top component (`openRoom`) and read everywhere below it (`useRoom`).
 */
import {
  inject,
  type InjectionKey,
  onScopeDispose,
  provide,
  type Ref,
  shallowReactive,
  shallowReadonly,
  shallowRef,
} from "vue";
import type { ApiError } from "@/api/errors";
import type { OwnParts } from "@/api/generated/protocol";
import { ServerClock } from "./clock";
import { Connection, liveSocket, type Socket, type Status } from "./connection";
import { Emitter } from "./emitter";
import { changes, fromSnapshot, ownChanges, type Room } from "./reduce";
import type { Command, LiveEvent, Me, MediaFrame, Seat, VolatileFrame } from "./words";

export interface RoomHandle {
  /** Slices by name; null until the first welcome. Each slice is a value: watch it, never change it. */
  readonly room: Readonly<Ref<Room | null>>;
  readonly me: Readonly<Ref<Me | null>>;
  readonly status: Readonly<Ref<Status>>;
  /** Why the line is closed for good. */
  readonly error: Readonly<Ref<ApiError | null>>;
  /** The last volatile message of each kind. */
  readonly volatile: Readonly<Record<string, Record<string, unknown> | undefined>>;
  /** May I give this command at all? What the moment allows is in the state. */
  can(type: string): boolean;
  run<Result = unknown>(command: Command): Promise<Result>;
  /** The server's time in milliseconds. */
  now(): number;
  /** Facts as they happen, for announcements; state comes from `room`. Not called for what a snapshot brings. */
  onEvent(listener: (event: LiveEvent) => void): () => void;
  onVolatile(listener: (frame: VolatileFrame) => void): () => void;
  readonly mediaLine: MediaLine;
  leave(): void;
}

/** All that the media engine may know of the connection. */
export interface MediaLine {
  /** `false`: no line now; start over on `onWelcome`. */
  send(frame: { op: string } & Record<string, unknown>): boolean;
  onFrame(listener: (frame: MediaFrame) => void): () => void;
  /** Called after every (re)connection, and at once when there is one already. */
  onWelcome(listener: () => void): () => void;
}

export interface RoomOptions {
  meeting: string;
  seat: Seat;
  open?: () => Socket;
  random?: () => number;
}

export function createRoom({ meeting, seat, open = liveSocket, random = Math.random }: RoomOptions): RoomHandle {
  const room = shallowRef<Room | null>(null);
  const me = shallowRef<Me | null>(null);
  const status = shallowRef<Status>("connecting");
  const error = shallowRef<ApiError | null>(null);
  const volatile = shallowReactive<Record<string, Record<string, unknown> | undefined>>({});
  const clock = new ServerClock();
  const events = new Emitter<LiveEvent>();
  const volatiles = new Emitter<VolatileFrame>();
  const media = new Emitter<MediaFrame>();
  const welcomes = new Emitter<undefined>();

  /** The last that was told to me alone: a new snapshot does not know it, and the server says it again only then. */
  let own: OwnParts | null = null;
  const takeOwn = (parts: OwnParts) => {
    own = parts;
    if (room.value) Object.assign(room.value, ownChanges(room.value, parts));
  };

  const connection = new Connection({
    meeting,
    seat,
    open,
    random,
    listener: {
      status: (now, why) => {
        status.value = now;
        error.value = why;
        if (now === "connecting") clock.reset();
        if (now === "live") welcomes.emit(undefined);
      },
      welcomed: (who) => {
        if (who.audience !== me.value?.audience) own = null;
        me.value = who;
      },
      replaced: (snapshot) => {
        const next = fromSnapshot(snapshot);
        room.value = shallowReactive({ ...next, ...(own ? ownChanges(next, own) : {}) });
      },
      applied: (event) => {
        if (room.value) Object.assign(room.value, changes(room.value, event));
        events.emit(event);
      },
      volatile: (frame) => {
        volatile[frame.kind] = frame.data;
        volatiles.emit(frame);
      },
      own: takeOwn,
      media: (frame) => media.emit(frame),
      clock: (at) => clock.heard(at),
    },
  });
  connection.start();
  const stopListening = comeBackEarly(() => connection.retryNow());

  return {
    room,
    me,
    status,
    error,
    volatile: shallowReadonly(volatile),
    can: (type) => me.value?.can.includes(type) ?? false,
    run: (command) => connection.do(command),
    now: () => clock.now(),
    onEvent: (listener) => events.on(listener),
    onVolatile: (listener) => volatiles.on(listener),
    mediaLine: {
      send: (frame) => connection.sendMedia(frame),
      onFrame: (listener) => media.on(listener),
      onWelcome: (listener) => {
        if (connection.status === "live") listener();
        return welcomes.on(listener);
      },
    },
    leave: () => {
      stopListening();
      connection.stop();
    },
  };
}

/** A phone that wakes up, or a cable that is back, need not wait for the timer. */
function comeBackEarly(retry: () => void): () => void {
  const visible = () => {
    if (document.visibilityState === "visible") retry();
  };
  window.addEventListener("online", retry);
  document.addEventListener("visibilitychange", visible);
  return () => {
    window.removeEventListener("online", retry);
    document.removeEventListener("visibilitychange", visible);
  };
}

const key: InjectionKey<RoomHandle> = Symbol("room");

/** In the top component of a page: connect, and leave with the page. */
export function openRoom(options: RoomOptions): RoomHandle {
  const handle = createRoom(options);
  provide(key, handle);
  onScopeDispose(() => handle.leave());
  return handle;
}

export function useRoom(): RoomHandle {
  const handle = inject(key);
  if (!handle) throw new Error("useRoom() is for components below the one that called openRoom()");
  return handle;
}

/** For tests and catalogue pages that bring a room of their own. */
export const provideRoom = (handle: RoomHandle): void => provide(key, handle);
