/** The media engine as components see it: its last words as reactive values, provided once by the room page. */
import { inject, type InjectionKey, onScopeDispose, provide, type Ref, shallowReadonly, shallowRef } from "vue";
import {
  createMediaEngine,
  type DeviceError,
  type DeviceKind,
  type LocalMedia,
  type MediaEngine,
  type MediaLine,
  type MediaReason,
  type MediaRights,
  type MediaState,
  type SlotTable,
} from "@/media";

export interface MediaRoom {
  readonly engine: MediaEngine;
  readonly state: Readonly<Ref<MediaState>>;
  readonly reason: Readonly<Ref<MediaReason>>;
  readonly slots: Readonly<Ref<SlotTable>>;
  readonly rights: Readonly<Ref<MediaRights>>;
  readonly local: Readonly<Ref<LocalMedia>>;
  readonly needsGesture: Readonly<Ref<boolean>>;
  /** Why a device could not be opened last. */
  readonly problem: Readonly<Ref<DeviceError | null>>;
  /** A device is being opened. */
  readonly opening: Readonly<Ref<DeviceKind | null>>;
  toggle(device: DeviceKind, on: boolean, deviceId?: string): Promise<void>;
  allowSound(): Promise<void>;
  /** Media went to another page of mine: have it here again, with the devices that were on. */
  takeBack(): Promise<void>;
}

const key: InjectionKey<MediaRoom> = Symbol("media");

export function openMedia(line: MediaLine): MediaRoom {
  const engine = createMediaEngine(line);
  const state = shallowRef<MediaState>(engine.state);
  const reason = shallowRef<MediaReason>(null);
  const slots = shallowRef(engine.slots);
  const rights = shallowRef(engine.rights);
  const local = shallowRef(engine.local);
  const needsGesture = shallowRef(false);
  const problem = shallowRef<DeviceError | null>(null);
  const opening = shallowRef<DeviceKind | null>(null);

  engine.on("state", (now) => {
    state.value = now.state;
    reason.value = now.reason;
  });
  engine.on("slots", (now) => (slots.value = now));
  engine.on("rights", (now) => (rights.value = now));
  engine.on("local", (now) => (local.value = now));
  engine.on("needs-gesture", () => (needsGesture.value = true));
  engine.on("device-error", (now) => (problem.value = now));
  onScopeDispose(() => engine.leave());

  const wished = { microphone: false, camera: false, screen: false };
  async function toggle(device: DeviceKind, on: boolean, deviceId?: string) {
    wished[device] = on;
    problem.value = null;
    opening.value = device;
    try {
      if (device === "microphone") await engine.setMicrophone(on, deviceId);
      else if (device === "camera") await engine.setCamera(on, deviceId);
      else await engine.setScreen(on);
    } finally {
      opening.value = null;
    }
  }

  const media: MediaRoom = {
    engine,
    state: shallowReadonly(state),
    reason: shallowReadonly(reason),
    slots: shallowReadonly(slots),
    rights: shallowReadonly(rights),
    local: shallowReadonly(local),
    needsGesture: shallowReadonly(needsGesture),
    problem: shallowReadonly(problem),
    opening: shallowReadonly(opening),
    toggle,
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
