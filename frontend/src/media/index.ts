/** What pages may use of the media engine. */
export { type CameraPlan, isSlow, type Machine, thisMachine } from "./camera";
export { createMediaEngine, type EngineOptions } from "./engine";
export {
  type ChoosableDevice,
  listDevices,
  onDevicesChanged,
  rememberDevice,
  rememberedDevice,
} from "./devices";
export { type LevelMeter, levelMeter } from "./level";
export * from "./types";
export { devicePixels } from "./view";
