import { slice } from "./slice";

export type PeopleState = Record<string, unknown>;

export const people = slice<PeopleState>("people", {});
