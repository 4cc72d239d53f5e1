import { describe, expect, it } from "vitest";
import { measure, type Sample } from "./measure";

/** A run of ten seconds, sampled twice a second: 200 packets of 1000 bytes a second, lost as told. */
function run({ up = 0, down = 0, rtt = [40] as (number | null)[], slow = 0, room = 1800 as number | null } = {}): Sample[] {
  return Array.from({ length: 21 }, (_, step) => {
    const seconds = step / 2;
    const sent = Math.max(0, seconds - slow) * 200;
    const arrived = Math.round(sent * (1 - up));
    const lost = Math.round(arrived * down);
    return {
      at: 1000 + seconds * 1000,
      sentPackets: sent,
      sentBytes: sent * 1000,
      gotPackets: arrived - lost,
      gotBytes: (arrived - lost) * 1000,
      lost,
      rttMs: rtt[step % rtt.length] ?? null,
      room,
    };
  });
}

describe("rates and losses from a browser's counters", () => {
  it("a clean line", () => {
    expect(measure(run())).toEqual({ upKbps: 1600, downKbps: 1600, lossUp: 0, lossDown: 0, rttMs: 40, slowDevice: false });
  });

  it("the warming up does not count", () => {
    expect(measure(run({ slow: 2 }))?.upKbps).toBe(1600);
  });

  it("losses are told apart by direction", () => {
    const both = measure(run({ up: 0.1, down: 0.05 }));
    expect(both?.lossUp).toBeCloseTo(0.1, 2);
    expect(both?.lossDown).toBeCloseTo(0.05, 2);
    expect(both?.upKbps).toBe(1440);
    expect(measure(run({ up: 0.1 }))).toMatchObject({ lossDown: 0 });
    expect(measure(run({ down: 0.05 }))).toMatchObject({ lossUp: 0 });
  });

  it("the time there and back is that of the middle, and none is none", () => {
    expect(measure(run({ rtt: [30, 900, 40] }))?.rttMs).toBe(40);
    expect(measure(run({ rtt: [null] }))?.rttMs).toBeNull();
  });

  it("a device that makes less than the line takes is slow, whatever is lost is the line's", () => {
    expect(measure(run({ room: 4000 }))?.slowDevice).toBe(true);
    expect(measure(run({ room: 4000, up: 0.1 }))?.slowDevice).toBe(false);
    expect(measure(run({ room: null }))?.slowDevice).toBe(false);
  });

  it("nothing sent is nothing measured", () => {
    expect(measure([])).toBeNull();
    expect(measure(run({ slow: 20 }))).toBeNull();
    expect(measure(run().slice(0, 1))).toBeNull();
  });
});
