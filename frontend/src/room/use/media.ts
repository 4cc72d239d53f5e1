/** The media engine as components see it: its last words as reactive values, provided once by the room page. */
import { computed, inject, type InjectionKey, onScopeDispose, provide, type Ref, shallowReadonly, shallowRef } from "vue";
import {
  createMediaEngine,
  type DeviceKind,
  type DeviceNews,
  type DeviceTrouble,
  type LocalMedia,
  type MediaEngine,
  type MediaLine,
  type MediaReason,
  type MediaRights,
  type MediaState,
  type Quality,
  type SlotTable,
  type Troubles,
  type View,
} from "@/media";
import { firstTrouble } from "../model/troubles";

export interface MediaRoom {
  readonly engine: MediaEngine;
  readonly state: Readonly<Ref<MediaState>>;
  readonly reason: Readonly<Ref<MediaReason>>;
  /** Why the server ended my media, as its code; empty while it has not. */
  readonly ended: Readonly<Ref<string>>;
  readonly slots: Readonly<Ref<SlotTable>>;
  readonly rights: Readonly<Ref<MediaRights>>;
  readonly local: Readonly<Ref<LocalMedia>>;
  readonly quality: Readonly<Ref<Quality | null>>;
  readonly needsGesture: Readonly<Ref<boolean>>;
  /** What is wrong with my devices. */
  readonly troubles: Readonly<Ref<Troubles>>;
  /** The first of them. */
  readonly problem: Readonly<Ref<{ device: DeviceKind; code: DeviceTrouble } | null>>;
  /** A device is being opened. */
  readonly opening: Readonly<Ref<DeviceKind | null>>;
  toggle(device: DeviceKind, on: boolean, deviceId?: string): Promise<void>;
  allowSound(): Promise<void>;
  onDeviceNews(listener: (news: DeviceNews) => void): () => void;
  /** A part of the page tells what it shows; null when it is there no more. */
  shows(part: "stage" | "strip" | "wall", view: Partial<View> | null): void;
  /** Media went to another page of mine, or was ended: have it here again, with the devices that were on. */
  takeBack(): Promise<void>;
}

const key: InjectionKey<MediaRoom> = Symbol("media");

export function openMedia(line: MediaLine): MediaRoom {
  const engine = createMediaEngine(line);
  const state = shallowRef<MediaState>(engine.state);
  const reason = shallowRef<MediaReason>(null);
  const ended = shallowRef("");
  const slots = shallowRef(engine.slots);
  const rights = shallowRef(engine.rights);
  const local = shallowRef(engine.local);
  const quality = shallowRef(engine.quality);
  const troubles = shallowRef(engine.troubles);
  const needsGesture = shallowRef(false);
  const opening = shallowRef<DeviceKind | null>(null);

  engine.on("state", (now) => {
    state.value = now.state;
    reason.value = now.reason;
  });
  engine.on("ended", (now) => (ended.value = now.reason));
  engine.on("slots", (now) => (slots.value = now));
  engine.on("rights", (now) => (rights.value = now));
  engine.on("local", (now) => (local.value = now));
  engine.on("quality", (now) => (quality.value = now));
  engine.on("troubles", (now) => (troubles.value = now));
  engine.on("needs-gesture", () => (needsGesture.value = true));
  onScopeDispose(() => engine.leave());

  const wished = { microphone: false, camera: false, screen: false };
  async function toggle(device: DeviceKind, on: boolean, deviceId?: string) {
    wished[device] = on;
    opening.value = device;
    try {
      if (device === "microphone") await engine.setMicrophone(on, deviceId);
      else if (device === "camera") await engine.setCamera(on, deviceId);
      else await engine.setScreen(on);
    } finally {
      opening.value = null;
    }
  }

  const parts = new Map<string, Partial<View>>();
  const media: MediaRoom = {
    engine,
    state: shallowReadonly(state),
    reason: shallowReadonly(reason),
    ended: shallowReadonly(ended),
    slots: shallowReadonly(slots),
    rights: shallowReadonly(rights),
    local: shallowReadonly(local),
    quality: shallowReadonly(quality),
    needsGesture: shallowReadonly(needsGesture),
    troubles: shallowReadonly(troubles),
    problem: computed(() => firstTrouble(troubles.value)),
    opening: shallowReadonly(opening),
    toggle,
    onDeviceNews: (listener) => engine.on("device-news", listener),
    shows: (part, view) => {
      // One part may come before the other has gone: each takes back its own words alone.
      if (view === null) parts.delete(part);
      else parts.set(part, view);
      engine.setView(Object.assign({ big: 0, thumbs: 0, thumb: 0, page: 0 }, ...parts.values()) as View);
    },
    allowSound: async () => {
      await engine.resumeSound();
      needsGesture.value = false;
    },
    takeBack: async () => {
      void engine.join();
      for (const device of ["camera", "microphone"] as const) if (wished[device]) await toggle(device, true);
    },
  };
  provide(key, media);
  return media;
}

export function useMedia(): MediaRoom {
  const media = inject(key);
  if (!media) throw new Error("useMedia() is for components of the room page");
  return media;
}
