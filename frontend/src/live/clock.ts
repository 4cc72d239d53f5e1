/**
 * The server's time, as seen from here. Terminals in venues are minutes off, so countdowns never use the local clock
 * alone.
 *
 * A time arrives late by the way it took, never early: the largest of the last differences is the nearest to the truth.
 */
export class ServerClock {
  private samples: number[] = [];

  constructor(private readonly local: () => number = () => Date.now()) {}

  heard(at: string): void {
    const difference = Date.parse(at) - this.local();
    if (!Number.isFinite(difference)) return;
    this.samples = [...this.samples.slice(-7), difference];
  }

  /** After a cut the local clock may have been set, or the machine asleep. */
  reset(): void {
    this.samples = [];
  }

  /** Milliseconds since the epoch, by the server's clock. */
  now(): number {
    return this.local() + (this.samples.length ? Math.max(...this.samples) : 0);
  }
}
