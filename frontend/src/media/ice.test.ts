import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IceServers, readServers } from "./ice";

const TURN = { urls: ["turn:media.example:3478"], username: "1:li", credential: "x" };

describe("ICE servers", () => {
  let now: number;
  let asked: number;
  let line: boolean;
  let ice: IceServers;
  beforeEach(() => {
    vi.useFakeTimers();
    now = asked = 0;
    line = true;
    ice = new IceServers(
      () => {
        asked += 1;
        return line;
      },
      () => now,
    );
  });
  afterEach(() => vi.useRealTimers());

  it("come with the answer", async () => {
    const servers = ice.servers();
    ice.heard({ ice_servers: [TURN], expires_s: 600 });
    expect(await servers).toEqual([TURN]);
  });

  it("are none when nobody answers within a second, and may still come for the next time", async () => {
    const servers = ice.servers();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await servers).toEqual([]);
    ice.heard({ ice_servers: [TURN], expires_s: 600 });
    expect(await ice.servers()).toEqual([TURN]);
    expect(asked).toBe(1);
  });

  it("are asked for again after half of their life", async () => {
    ice.heard({ ice_servers: [TURN], expires_s: 600 });
    now = 299_000;
    await ice.servers();
    expect(asked).toBe(0);
    now = 300_000;
    void ice.servers();
    expect(asked).toBe(1);
  });

  it("are the last known while there is no line", async () => {
    ice.heard({ ice_servers: [TURN], expires_s: 0 });
    line = false;
    expect(await ice.servers()).toEqual([TURN]);
  });
});

it.each([
  ["nothing", undefined, []],
  ["no list", { urls: "turn:a" }, []],
  ["one address", [{ urls: "stun:a.example" }], [{ urls: ["stun:a.example"] }]],
  ["a credential without a name", [{ urls: ["turns:a.example:443"], credential: "x" }], [{ urls: ["turns:a.example:443"] }]],
  ["what a browser would throw at", [{ urls: ["http://a"] }, null, { urls: [7] }], []],
])("%s is read", (_, said, read) => {
  expect(readServers(said)).toEqual(read);
});
