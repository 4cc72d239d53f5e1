import { expect, it } from "vitest";
import { ownPlace, places } from "./places";

it.each([
  ["/room/1?x=2", "/room/1?x=2"],
  ["//evil.example/", "/"],
  ["/\\evil.example/", "/"],
  ["https://evil.example/", "/"],
  [undefined, "/"],
])("after signing in, %s leads to %s", (next, place) => {
  expect(ownPlace(next)).toBe(place);
});

it("remembers where somebody wanted to go", () => {
  expect(places.signIn("/room/1?a=b")).toBe("/sign-in?next=%2Froom%2F1%3Fa%3Db");
  expect(places.signIn("/")).toBe("/sign-in");
});
