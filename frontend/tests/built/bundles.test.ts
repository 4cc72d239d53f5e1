/** The companion lies beside a venue's microphone: no code that could listen or play may be in its bundle. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";

interface Chunk {
  file: string;
  imports?: string[];
  dynamicImports?: string[];
}

const dist = resolve(import.meta.dirname, "../../dist");
const manifest = JSON.parse(readFileSync(resolve(dist, ".vite/manifest.json"), "utf8")) as Record<string, Chunk>;

/** Every script an entry can ever load. */
function reachable(entry: string): string[] {
  const seen = new Set<string>();
  const visit = (name: string) => {
    const chunk = manifest[name];
    if (!chunk || seen.has(name)) return;
    seen.add(name);
    [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])].forEach(visit);
  };
  visit(entry);
  return [...seen].map((name) => manifest[name]?.file ?? "").filter((file) => file.endsWith(".js"));
}

const MEDIA = /RTCPeerConnection|getUserMedia|getDisplayMedia|AudioContext|MediaRecorder|mediaDevices/;

it("the companion can load scripts at all", () => {
  expect(reachable("companion.html").length).toBeGreaterThan(0);
});

it.each(reachable("companion.html"))("the companion's %s has no media code", (file) => {
  expect(MEDIA.exec(readFileSync(resolve(dist, file), "utf8"))?.[0]).toBeUndefined();
});

it.each(["app", "companion"])("%s.html starts from hashed files under /static/", (entry) => {
  const html = readFileSync(resolve(dist, entry === "app" ? "index.html" : "companion.html"), "utf8");
  expect(html).toMatch(new RegExp(`src="/static/assets/${entry}-[\\w-]{8}\\.js"`));
  expect(html).not.toMatch(/<script(?![^>]*src=)/);
});
