/**
 * Make before break: a second connection takes over when it shows a picture. While it does not, the first one plays.
 * A meeting without pictures has nothing to show: then being connected for some seconds is enough.
 */
import type { MediaStats } from "./types";

const CONNECT_MS = 8000;
const PICTURE_MS = 3000;
const LOOK_MS = 200;

export interface Candidate {
  stats(): Promise<MediaStats>;
}

export class Handover<Next extends Candidate> {
  private timer: number;
  private looking: number | undefined;
  private over = false;

  constructor(
    readonly next: Next,
    private readonly done: (next: Next) => void,
    failed: (next: Next) => void,
  ) {
    const fail = () => this.end(() => failed(next));
    this.timer = window.setTimeout(fail, CONNECT_MS);
    this.onIce = (state) => {
      if (state === "failed") return fail();
      if (this.looking === undefined && (state === "connected" || state === "completed")) this.watch();
    };
  }

  readonly onIce: (state: RTCIceConnectionState) => void;

  /** Nobody wants it any more; closing `next` is the caller's. */
  stop(): void {
    this.end(() => undefined);
  }

  private watch(): void {
    window.clearTimeout(this.timer);
    const take = () => this.end(() => this.done(this.next));
    this.timer = window.setTimeout(take, PICTURE_MS);
    this.looking = window.setInterval(() => {
      void this.next.stats().then(({ slots }) => slots.some((slot) => slot.framesDecoded > 0) && take());
    }, LOOK_MS);
  }

  private end(then: () => void): void {
    if (this.over) return;
    this.over = true;
    window.clearTimeout(this.timer);
    window.clearInterval(this.looking);
    then();
  }
}
