/**
 * Telling the server what the page shows and how large, so that nothing else is sent. A dragged window edge is told
 * when it rests; a hidden page at once, for its timers may stop.
 */
import type { View } from "./types";

const REST_MS = 100;
const NOTHING = { big: 0, thumbs: 0, thumb: 0 };

export class ViewTeller {
  private wanted: View | null = null;
  private told: View | null = null;
  private hidden = false;
  private timer: number | undefined;

  constructor(private readonly send: (view: View) => boolean | void) {}

  set(view: View): void {
    this.wanted = view;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.tell(), REST_MS);
  }

  hide(hidden: boolean): void {
    this.hidden = hidden;
    this.tell();
  }

  /** The listener is new: say it in any case. */
  again(): void {
    this.told = null;
    this.tell();
  }

  stop(): void {
    window.clearTimeout(this.timer);
    this.told = null;
  }

  private tell(): void {
    window.clearTimeout(this.timer);
    if (this.wanted === null) return;
    const view = this.hidden ? { ...this.wanted, ...NOTHING } : this.wanted;
    if (sameView(view, this.told)) return;
    // Where there is no line now, `again` comes with the next one.
    if (this.send(view) !== false) this.told = view;
  }
}

export const sameView = (a: View, b: View | null): boolean =>
  b !== null && a.big === b.big && a.thumbs === b.thumbs && a.thumb === b.thumb && a.page === b.page;

/** Whole device pixels of something that is so many CSS pixels high. */
export const devicePixels = (height: number, ratio: number): number => Math.min(4320, Math.round(height * Math.max(1, ratio)));
