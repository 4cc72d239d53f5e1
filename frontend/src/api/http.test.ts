import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { get, onSignedOut, post } from "./http";

interface Call {
  url: string;
  init: RequestInit;
}

/** A server that answers in turn, and remembers what it was asked. */
function server(...answers: (Response | Error)[]): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    calls.push({ url, init });
    const answer = answers.shift() ?? new Error("nobody answers");
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
  return calls;
}

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const header = (call: Call | undefined, name: string) => (call?.init.headers as Record<string, string>)[name];

beforeEach(() => void (document.cookie = "csrftoken=; expires=Thu, 01 Jan 1970 00:00:00 GMT"));
afterEach(() => void vi.unstubAllGlobals());

it("reads JSON and leaves empty questions out", async () => {
  const calls = server(json({ n: 1 }));
  expect(await get("/things", { query: { q: "内涝", page: 2, state: undefined, year: null } })).toEqual({ n: 1 });
  expect(calls[0]?.url).toBe(`/api/things?q=${encodeURIComponent("内涝")}&page=2`);
});

it("sends Django's cookie back with what changes something", async () => {
  document.cookie = "csrftoken=abc123";
  const calls = server(json({}));
  await post("/things", { a: 1 });
  expect(header(calls[0], "X-CSRFToken")).toBe("abc123");
  expect(calls[0]?.init.body).toBe('{"a":1}');
});

it("asks for the cookie first when there is none", async () => {
  const calls = server(new Response(null, { status: 204 }), json({}));
  await post("/things");
  expect(calls.map(({ url }) => url)).toEqual(["/api/accounts/csrf", "/api/things"]);
});

it("sends a file as a form, without a type of its own", async () => {
  document.cookie = "csrftoken=abc123";
  const calls = server(json({}));
  await post("/documents", new FormData());
  expect(header(calls[0], "Content-Type")).toBeUndefined();
});

it("gives a refusal its code and facts", async () => {
  server(json({ code: "LOCKED_OUT", facts: { minutes: 15 } }, 403));
  await expect(get("/x")).rejects.toMatchObject({ code: "LOCKED_OUT", facts: { minutes: 15 }, status: 403 });
});

it.each([
  [502, "BUSY"],
  [413, "TOO_LARGE"],
  [418, "UNKNOWN"],
])("makes of a proxy's page with status %i the code %s", async (status, code) => {
  server(new Response("<html>", { status }));
  await expect(get("/x")).rejects.toMatchObject({ code, status });
});

it("says OFFLINE when nobody answers", async () => {
  server(new TypeError("Failed to fetch"));
  await expect(get("/x")).rejects.toMatchObject({ code: "OFFLINE" });
});

it("tells once more that the session is over", async () => {
  const told = vi.fn();
  onSignedOut(told);
  server(json({ code: "NOT_SIGNED_IN", facts: {} }, 401), json({ code: "WRONG_CREDENTIALS", facts: {} }, 401));
  await expect(get("/x")).rejects.toMatchObject({ code: "NOT_SIGNED_IN" });
  await expect(get("/x")).rejects.toMatchObject({ code: "WRONG_CREDENTIALS" });
  expect(told).toHaveBeenCalledTimes(1);
});

it.each([
  [{ "Retry-After": "7" }, 7],
  [{}, 60],
])("says how long to wait when only a proxy speaks (%o)", async (headers, seconds) => {
  server(new Response("<html>", { status: 429, headers: headers as Record<string, string> }));
  await expect(get("/x")).rejects.toMatchObject({ code: "TOO_MANY", facts: { retry_after: seconds } });
});
