/** The camera and microphone part: opened, looked at, listened to. Nothing is sent anywhere. */
import { shallowRef } from "vue";
import { type LevelMeter, levelMeter } from "@/media";
import { DeviceRefused, openDevice } from "@/media/devices";
import { type DeviceFinding, noDevice } from "./findings";

const LOUD = 0.35;
const SILENT_MS = 6000;
const READ_MS = 80;

export function useCameraCheck() {
  const found = shallowRef<DeviceFinding>(noDevice());
  const stream = shallowRef<MediaStream | null>(null);
  let turn = 0;

  async function start() {
    stop();
    const mine = turn;
    found.value = { ...noDevice(), state: "opening" };
    try {
      const track = await openDevice("camera");
      if (mine !== turn) return track.stop();
      stream.value = new MediaStream([track]);
      found.value = { ...noDevice(), state: "open", label: track.label };
    } catch (error) {
      if (mine === turn) found.value = refused(error);
    }
  }
  /** A picture has come, of this size. */
  function seen(width: number, height: number) {
    if (width > 0 && stream.value) found.value = { ...found.value, state: "good", size: `${width} × ${height}` };
  }
  function stop() {
    turn += 1;
    for (const track of stream.value?.getTracks() ?? []) track.stop();
    stream.value = null;
  }
  return { found, stream, start, seen, stop };
}

export function useMicrophoneCheck() {
  const found = shallowRef<DeviceFinding>(noDevice());
  const level = shallowRef(0);
  let turn = 0;
  let track: MediaStreamTrack | null = null;
  let meter: LevelMeter | null = null;
  let timer: number | undefined;

  async function start() {
    stop();
    const mine = turn;
    found.value = { ...noDevice(), state: "opening" };
    try {
      const opened = await openDevice("microphone");
      if (mine !== turn) return opened.stop();
      track = opened;
      meter = levelMeter(opened);
      found.value = { ...noDevice(), state: "open", label: opened.label };
      listen();
    } catch (error) {
      if (mine === turn) found.value = refused(error);
    }
  }
  function listen() {
    const begin = performance.now();
    timer = window.setInterval(() => {
      level.value = meter?.read() ?? 0;
      if (level.value > LOUD) found.value = { ...found.value, state: "good" };
      else if (found.value.state === "open" && performance.now() - begin > SILENT_MS) found.value = { ...found.value, state: "silent" };
    }, READ_MS);
  }
  function stop() {
    turn += 1;
    window.clearInterval(timer);
    meter?.stop();
    track?.stop();
    meter = track = null;
    level.value = 0;
  }
  return { found, level, start, stop };
}

const refused = (error: unknown): DeviceFinding => ({
  ...noDevice(),
  state: "refused",
  code: error instanceof DeviceRefused ? error.code : "UNSUPPORTED",
});
