/** What pages may use of the media engine. */
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
