import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { effectScope, type EffectScope, nextTick, shallowRef } from "vue";
import { usePictures, type Wanted } from "./pictures";

/** A server that answers when it is told to, and the blobs that live. */
let waiting: Map<string, (answer: Response) => void>;
let asked: string[];
let living: Set<string>;
let scope: EffectScope;

beforeEach(() => {
  waiting = new Map();
  asked = [];
  living = new Set();
  scope = effectScope();
  vi.stubGlobal("fetch", (address: string) => {
    asked.push(address);
    return new Promise<Response>((resolve) => waiting.set(address, resolve));
  });
  vi.spyOn(URL, "createObjectURL").mockImplementation(() => {
    const url = `blob:${asked.length}-${living.size}`;
    living.add(url);
    return url;
  });
  vi.spyOn(URL, "revokeObjectURL").mockImplementation((url) => void living.delete(url));
});
afterEach(() => {
  scope.stop();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const settled = () => new Promise((resolve) => setTimeout(resolve));
async function arrives(address: string, status = 200) {
  waiting.get(address)?.(new Response("picture", { status }));
  await settled();
}
const page = (no: number, ahead: number[] = []): Wanted => ({ address: `p${no}`, ahead: ahead.map((one) => `p${one}`) });
const open = (first: Wanted) => {
  const wanted = shallowRef<Wanted | null>(first);
  const pictures = scope.run(() => usePictures(wanted));
  if (!pictures) throw new Error("the scope has ended");
  return { wanted, ...pictures };
};

it("keeps the picture that is shown until the next one is there", async () => {
  const { wanted, source, loading } = open(page(1));
  await arrives("p1");
  const first = source.value;
  wanted.value = page(2);
  await nextTick();
  expect([source.value, loading.value]).toEqual([first, true]);
  await arrives("p2");
  expect(source.value).not.toBe(first);
  expect(loading.value).toBe(false);
});

it("asks nobody for a neighbour that was fetched ahead", async () => {
  const { wanted, source } = open(page(1, [2]));
  await arrives("p1");
  await arrives("p2");
  expect(asked).toEqual(["p1", "p2"]);
  const first = source.value;
  wanted.value = page(2, [1]);
  await settled();
  expect(source.value).not.toBe(first);
  expect(asked).toEqual(["p1", "p2"]);
});

it("shows the page that is wanted now, however late an earlier one comes", async () => {
  const { wanted, source } = open(page(1));
  wanted.value = page(2);
  await nextTick();
  await arrives("p2");
  const second = source.value;
  await arrives("p1");
  expect(source.value).toBe(second);
});

it("says that a page failed, and tries again when asked", async () => {
  const { failed, again, source } = open(page(1));
  await arrives("p1", 409);
  expect([failed.value, source.value]).toEqual([true, ""]);
  again();
  await arrives("p1");
  expect(failed.value).toBe(false);
  expect(source.value).not.toBe("");
});

it("holds a few pictures and lets all go in the end", async () => {
  const { wanted } = open(page(1));
  for (let no = 1; no <= 12; no++) {
    wanted.value = page(no);
    await nextTick();
    await arrives(`p${no}`);
  }
  expect(living.size).toBe(8);
  scope.stop();
  await settled();
  expect(living.size).toBe(0);
});
