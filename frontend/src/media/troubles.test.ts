import { describe, expect, it } from "vitest";
import { changes, deviceState, type Named, type Permission, refusal, Silence, successor } from "./troubles";

const error = (name: string, message = "") => Object.assign(new Error(message), { name });

describe("a device that does not open", () => {
  it.each<[string, Error, Permission, string]>([
    ["was denied in the browser", error("NotAllowedError", "Permission denied"), "denied", "PERMISSION_DENIED"],
    ["was denied, in a browser that tells no more", error("NotAllowedError"), null, "PERMISSION_DENIED"],
    ["got no answer to the question", error("NotAllowedError", "Permission dismissed"), "prompt", "PERMISSION_DISMISSED"],
    ["is denied by macOS, as Chromium says", error("NotAllowedError", "Permission denied by system"), "granted", "DENIED_BY_SYSTEM"],
    ["is denied by the system, in other words", error("NotAllowedError", "The request is not allowed"), "granted", "DENIED_BY_SYSTEM"],
    ["is denied by Windows, as old Chromium says", error("NotReadableError", "Permission denied by system"), "granted", "DENIED_BY_SYSTEM"],
    ["is used by another program", error("NotReadableError", "Could not start video source"), "granted", "DEVICE_BUSY"],
    ["is used by another program, in old words", error("TrackStartError"), null, "DEVICE_BUSY"],
    ["was aborted by the driver", error("AbortError"), null, "DEVICE_BUSY"],
    ["is not there", error("NotFoundError", "Requested device not found"), "granted", "DEVICE_NOT_FOUND"],
    ["was remembered and is gone", error("OverconstrainedError"), "granted", "DEVICE_NOT_FOUND"],
    ["is forbidden to this page", error("SecurityError"), null, "PERMISSION_DENIED"],
    ["is asked for in words that the browser does not know", error("TypeError"), null, "UNSUPPORTED"],
  ])("%s", (_, thrown, permission, code) => {
    expect(refusal(thrown, permission)).toBe(code);
  });
});

const mic = (id: string, group = id, label = `Mic ${id}`): Named => ({ id, kind: "microphone", label, group });
const speaker = (id: string): Named => ({ id, kind: "speaker", label: `Speaker ${id}`, group: id });
const ids = (devices: readonly Named[]) => devices.map(({ id }) => id);

describe("devices that come and go", () => {
  it("are known by id and kind; stand-ins are not counted", () => {
    const before = [mic("default"), mic("a"), speaker("a")];
    const after = [mic("default"), mic("b"), speaker("a"), speaker("b")];
    const { plugged, unplugged } = changes(before, after);
    expect(ids(plugged)).toEqual(["b", "b"]);
    expect(ids(unplugged)).toEqual(["a"]);
  });

  it("are no news when permission was only now given", () => {
    expect(changes([mic("")], [mic("a"), mic("b")]).plugged).toEqual([]);
  });

  it.each<[string, Named[], string | null]>([
    ["the one that the system chose", [mic("default", "g2"), mic("b", "g1"), mic("c", "g2")], "c"],
    ["the first one, when the system tells nothing", [mic("b"), mic("c")], "b"],
    ["never the lost one", [mic("a"), mic("c")], "c"],
    ["never another kind", [speaker("b")], null],
    ["none, when there is none", [mic("default"), mic("a")], null],
  ])("are followed by %s", (_, devices, next) => {
    expect(successor(devices, "microphone", "a")?.id ?? null).toBe(next);
  });
});

describe("a silent microphone", () => {
  /** Seconds at which it is called silent. */
  const seconds = (levels: (number | null)[], expected: (second: number) => boolean = () => true) => {
    const silence = new Silence();
    return levels.flatMap((level, second) => (silence.listen(level, expected(second), second * 1000) ? [second] : []));
  };
  it("was never heard for five seconds", () => {
    expect(seconds(Array(8).fill(0) as number[])).toEqual([5, 6, 7]);
  });
  it("is heard: all is well", () => {
    expect(seconds([0, 0, 0, 0.1, 0, 0, 0, 0, 0, 0])).toEqual([]);
  });
  it("was heard before: people may think for a while", () => {
    expect(seconds([0.1, ...(Array(22).fill(0) as number[])])).toEqual([21, 22]);
  });
  it("is none of anybody's business without the floor", () => {
    expect(seconds(Array(12).fill(0) as number[], (second) => second >= 4)).toEqual([9, 10, 11]);
  });
  it("is not guessed where the browser does not tell", () => {
    expect(seconds(Array(12).fill(null) as null[])).toEqual([]);
  });
});

it.each([
  [true, null, "on"],
  [false, null, "off"],
  [true, "SILENT", "silent"],
  [true, "MUTED", "silent"],
  [false, "PERMISSION_DENIED", "denied"],
  [false, "DENIED_BY_SYSTEM", "denied"],
  [false, "INSECURE_CONTEXT", "denied"],
  [false, "DEVICE_BUSY", "busy"],
  [false, "DEVICE_NOT_FOUND", "missing"],
  [false, "UNPLUGGED", "missing"],
] as const)("on=%s with %s is reported as %s", (on, trouble, state) => {
  expect(deviceState(on, trouble)).toBe(state);
});
