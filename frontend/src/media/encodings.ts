/**
 * Brings the encodings of a sender to what is wanted. `setParameters` takes its time, and browsers refuse a second call
 * meanwhile: so there is one at a time, and afterwards the latest wish counts.
 */

export type Tuning = Pick<RTCRtpEncodingParameters, "active" | "maxBitrate" | "maxFramerate">;
/** By rid; an encoding without one has the empty name. */
export type Wish = Readonly<Record<string, Tuning>>;
type Tunable = Pick<RTCRtpSender, "getParameters" | "setParameters">;

/** After so many refusals in a row a wish is given up: the sender is closed, or the browser knows no such thing. */
const REFUSALS = 3;

export class Encodings {
  private wish: Wish | null = null;
  private running: Promise<void> | null = null;

  constructor(private readonly sender: Tunable) {}

  /** Resolves when this wish, or a newer one, is in force. */
  want(wish: Wish): Promise<void> {
    this.wish = wish;
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    let refusals = 0;
    while (this.wish !== null) {
      const wish = this.wish;
      try {
        const parameters = this.sender.getParameters();
        if (tune(parameters.encodings, wish)) await this.sender.setParameters(parameters);
        refusals = 0;
      } catch {
        refusals += 1;
        if (refusals < REFUSALS) continue;
      }
      if (this.wish === wish) this.wish = null;
    }
  }
}

/** Change encodings in place; false when all is as wished already. */
export function tune(encodings: RTCRtpEncodingParameters[] | undefined, wish: Wish): boolean {
  let changed = false;
  for (const encoding of encodings ?? []) {
    const tuning = wish[encoding.rid ?? ""];
    for (const [name, value] of Object.entries(tuning ?? {})) {
      const settings = encoding as Record<string, unknown>;
      // `active` that is not said means yes.
      if ((settings[name] ?? (name === "active" ? true : undefined)) === value) continue;
      settings[name] = value;
      changed = true;
    }
  }
  return changed;
}
