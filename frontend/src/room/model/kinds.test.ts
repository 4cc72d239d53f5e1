import { expect, it } from "vitest";
import { canQueue, kindsFor, takesRequests } from "./kinds";

it("lets everybody book before the meeting and nobody but the desk afterwards", () => {
  expect(kindsFor("MEMBER", "NOTIFIED")).toEqual(["SCHEDULED"]);
  expect(kindsFor("DEPARTMENT", "LOBBY")).toEqual(["SCHEDULED"]);
  expect(kindsFor("MEMBER", "LIVE")).not.toContain("SCHEDULED");
  expect(kindsFor("MEMBER", "LIVE", true)[0]).toBe("SCHEDULED");
});

it("lets departments respond and put no questions", () => {
  expect(kindsFor("DEPARTMENT", "LIVE")).toEqual(["RESPONSE", "DIALOGUE"]);
  expect(kindsFor("MEMBER", "LIVE")).not.toContain("RESPONSE");
});

it("has no place in the queue for leaders and hosts", () => {
  expect((["MEMBER", "LEADER", "HOST", "OBSERVER"] as const).map(canQueue)).toEqual([true, false, false, false]);
});

it("takes nothing while adjourned or over", () => {
  expect((["NOTIFIED", "LIVE", "PAUSED", "ENDED"] as const).map(takesRequests)).toEqual([true, true, false, false]);
});
