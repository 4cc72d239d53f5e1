import { expect, it } from "vitest";
import { ServerClock } from "./clock";

it("believes the frame that was least late", () => {
  let local = Date.parse("2026-10-12T06:00:00Z");
  const clock = new ServerClock(() => local);
  clock.heard("2026-10-12T06:02:59.200Z"); // 800 ms on the way
  clock.heard("2026-10-12T06:03:00.000Z");
  clock.heard("2026-10-12T06:02:58.500Z");
  local += 1_000;
  expect(new Date(clock.now()).toISOString()).toBe("2026-10-12T06:03:01.000Z");
});

it("is the local clock until the server has spoken", () => {
  expect(new ServerClock(() => 42).now()).toBe(42);
});
