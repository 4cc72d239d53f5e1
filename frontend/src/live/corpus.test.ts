import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { fromSnapshot, reduce } from "./reduce";
import type { LiveEvent, Snapshot, Told } from "./words";

/** Written by pytest from the real server: what a client had, what it was told, what a fresh snapshot says then. */
interface Story {
  name: string;
  audience: string;
  before: Snapshot;
  events: Told[];
  after: Snapshot;
}

const folder = resolve(import.meta.dirname, "../../../tests/corpus");
const stories = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name): [string, Story] => [name, JSON.parse(readFileSync(resolve(folder, name), "utf8")) as Story]);

describe("the contract corpus", () => {
  it("is there", () => {
    expect(stories.length).toBeGreaterThan(0);
  });

  it.each(stories)("%s: events lead from one snapshot to the other", (_, story) => {
    const frozen = freeze(story.before);
    const told = story.events.filter((event): event is LiveEvent => event.type !== "hidden");
    expect(told.reduce(reduce, fromSnapshot(frozen))).toEqual(story.after);
  });
});

/** A reducer that changes what it was given fails here, not in somebody's meeting. */
function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}
