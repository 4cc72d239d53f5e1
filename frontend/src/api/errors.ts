/** A refusal of the server, or the network's: a stable code and facts. The sentence for people is `errors.<CODE>`. */
export type Facts = Readonly<Record<string, unknown>>;

export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly code: string,
    readonly facts: Facts = {},
    readonly status = 0,
  ) {
    super(code);
  }
}

/** Codes that the client gives itself. */
export const OFFLINE = "OFFLINE";
export const CLOSED = "CLOSED";
export const UNKNOWN = "UNKNOWN";

/** Whatever was thrown, as an `ApiError`: for places that show a sentence. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  console.error(thrown);
  return new ApiError(UNKNOWN);
}
