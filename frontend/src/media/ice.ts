/**
 * Which ICE servers the server lends us: asked before the first connection, and again when their credentials have
 * lived half of their life. A server that does not answer has none to lend; meetings must begin without it.
 */

const ANSWER_MS = 1000;

export class IceServers {
  private known: RTCIceServer[] = [];
  /** When they should be asked for again, in milliseconds of `now`. */
  private staleAt = 0;
  private waiting: ((servers: RTCIceServer[]) => void)[] = [];

  constructor(
    private readonly ask: () => boolean | void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Fresh ones, or after a second the last known. */
  servers(): Promise<RTCIceServer[]> {
    if (this.now() < this.staleAt || this.ask() === false) return Promise.resolve(this.known);
    return new Promise((done) => {
      const timer = window.setTimeout(() => this.settle(), ANSWER_MS);
      this.waiting.push((servers) => {
        window.clearTimeout(timer);
        done(servers);
      });
    });
  }

  /** An `engine` frame: in time or late, the next connection uses it. */
  heard(frame: Record<string, unknown>): void {
    this.known = readServers(frame.ice_servers);
    const seconds = typeof frame.expires_s === "number" ? frame.expires_s : 0;
    this.staleAt = this.now() + (Math.max(0, seconds) * 1000) / 2;
    this.settle();
  }

  private settle(): void {
    for (const done of this.waiting.splice(0)) done(this.known);
  }
}

/** A malformed server is left out: a constructor that throws would cost the whole meeting. */
export function readServers(said: unknown): RTCIceServer[] {
  if (!Array.isArray(said)) return [];
  return said.flatMap((each: unknown) => {
    const { urls, username, credential } = (typeof each === "object" && each !== null ? each : {}) as Record<string, unknown>;
    const list = (Array.isArray(urls) ? urls : [urls]).filter((url): url is string => /^(stun|turn)s?:./.test(String(url)));
    if (list.length === 0) return [];
    return [{ urls: list, ...(typeof username === "string" && typeof credential === "string" ? { username, credential } : {}) }];
  });
}
