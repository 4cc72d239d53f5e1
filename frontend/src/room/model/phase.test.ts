import { expect, it } from "vitest";
import { type Known, phase } from "./phase";

const known = (fields: Partial<Known>): Known => ({
  status: "live",
  code: null,
  meeting: "LIVE",
  presence: "PRESENT",
  desk: false,
  ...fields,
});

it.each<[Partial<Known>, string]>([
  [{ meeting: null, presence: null, status: "connecting" }, "connecting"],
  [{ status: "closed", code: "NOT_IN_MEETING", meeting: null, presence: null }, "closed"],
  [{ status: "closed", code: "NOT_IN_MEETING" }, "removed"],
  [{ status: "closed", code: "NOT_ALLOWED", meeting: null, presence: null }, "removed"],
  [{ presence: "REMOVED" }, "removed"],
  [{ meeting: "NOTIFIED", presence: "INVITED" }, "early"],
  [{ meeting: "NOTIFIED", presence: "INVITED", desk: true }, "inside"],
  [{ meeting: "LOBBY", presence: "INVITED", desk: true }, "door"],
  [{ meeting: "LOBBY", presence: "INVITED" }, "door"],
  [{ meeting: "LIVE", presence: "ON_LEAVE" }, "door"],
  [{ meeting: "LIVE", presence: "WAITING" }, "waiting"],
  [{ meeting: "PAUSED", presence: "LEFT" }, "left"],
  [{ meeting: "LIVE", status: "waiting" }, "inside"],
  [{ meeting: "ENDED", presence: "PRESENT" }, "ended"],
  [{ meeting: "ENDED", presence: "INVITED" }, "ended"],
  [{ meeting: "CANCELLED" }, "cancelled"],
])("%o is %s", (fields, screen) => {
  expect(phase(known(fields))).toBe(screen);
});
