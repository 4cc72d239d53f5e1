/**
 * The HTTP side of the API: JSON in, JSON out, refusals as `ApiError`.
 *
 * Django's CSRF cookie goes back in a header; when the server has not set it yet, it is fetched once before the first
 * unsafe request. Nothing is retried here: a repeated POST is the caller's decision.
 */
import { ApiError, type Facts, OFFLINE, UNKNOWN } from "./errors";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Options {
  query?: Record<string, string | number | boolean | null | undefined>;
  signal?: AbortSignal;
}

export const get = <T>(path: string, options?: Options): Promise<T> => request<T>("GET", path, undefined, options);
export const post = <T>(path: string, body?: unknown, options?: Options): Promise<T> =>
  request<T>("POST", path, body, options);
export const put = <T>(path: string, body?: unknown, options?: Options): Promise<T> =>
  request<T>("PUT", path, body, options);
export const patch = <T>(path: string, body?: unknown, options?: Options): Promise<T> =>
  request<T>("PATCH", path, body, options);
export const del = <T>(path: string, options?: Options): Promise<T> => request<T>("DELETE", path, undefined, options);

/** Called with every 401 that is not the answer to a sign-in: the router sends people to the sign-in page. */
let signedOut: () => void = () => undefined;
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

export async function request<T>(method: Method, path: string, body?: unknown, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = await csrfToken();
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.signal) init.signal = options.signal;
  if (body instanceof FormData) {
    init.body = body;
  } else if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  const response = await send(address(path, options.query), init);
  if (response.status === 204) return undefined as T;
  const answer = await json(response);
  if (response.ok) return answer as T;
  throw refusal(response, answer);
}

/** A form with a file. `progress` hears how much of it has left, from 0 to 1: `fetch` cannot tell. */
export async function upload<T>(path: string, form: FormData, { progress, signal }: UploadOptions = {}): Promise<T> {
  const token = await csrfToken();
  const sent = new XMLHttpRequest();
  sent.open("POST", address(path, undefined));
  sent.setRequestHeader("Accept", "application/json");
  sent.setRequestHeader("X-CSRFToken", token);
  sent.upload.onprogress = ({ loaded, total }) => progress?.(total ? loaded / total : 0);
  const stop = () => sent.abort();
  signal?.addEventListener("abort", stop);
  try {
    const response = await new Promise<Response>((resolve, reject) => {
      sent.onload = () => resolve(new Response(sent.responseText, { status: sent.status }));
      sent.onerror = () => reject(new ApiError(OFFLINE));
      sent.onabort = () => reject(new DOMException("aborted", "AbortError"));
      sent.send(form);
    });
    const answer = await json(response);
    if (response.ok) return answer as T;
    throw refusal(response, answer);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

export interface UploadOptions {
  progress?: (share: number) => void;
  signal?: AbortSignal;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(OFFLINE);
  }
}

/** The JSON of an answer; `null` where there is none (a proxy's error page, an empty body). */
async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    if (response.ok) throw new ApiError(UNKNOWN, {}, response.status);
    return null;
  }
}

const BY_STATUS: Record<number, string> = {
  401: "NOT_SIGNED_IN",
  403: "NOT_ALLOWED",
  404: "NOT_FOUND",
  413: "TOO_LARGE",
  429: "TOO_MANY",
  502: "BUSY",
  503: "BUSY",
  504: "BUSY",
};

function refusal(response: Response, answer: unknown): ApiError {
  const { code, facts } = (answer ?? {}) as { code?: unknown; facts?: Record<string, unknown> };
  const name = typeof code === "string" ? code : (BY_STATUS[response.status] ?? UNKNOWN);
  if (name === "NOT_SIGNED_IN") signedOut();
  return new ApiError(name, facts ?? factsOf(response), response.status);
}

/** A proxy's refusal has no facts; how long to wait may stand in its header. */
const factsOf = (response: Response): Facts =>
  response.status === 429 ? { retry_after: Number(response.headers.get("Retry-After")) || 60 } : {};

function address(path: string, query: Options["query"]): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined) parameters.set(key, String(value));
  }
  const text = parameters.toString();
  return `/api${path}${text ? `?${text}` : ""}`;
}

const csrfCookie = (): string => /(?:^|;\s*)csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";

async function csrfToken(): Promise<string> {
  if (!csrfCookie()) await send("/api/accounts/csrf", { credentials: "same-origin" });
  return csrfCookie();
}
