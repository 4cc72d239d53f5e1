/**
 * Once a second: what goes on in the connection. Tells the quality when it changes, finds dead pictures and a silent
 * microphone, and reports to the server. It decides nothing itself: `quality`, `frozen`, `troubles` and `report` do.
 */
import { browserName } from "./browser";
import { Cure, FrozenSlots } from "./frozen";
import { figures, freezesIn, judge, NO_FIGURES, type Sample, type ServerQuality, steady } from "./quality";
import { isDue, makeReport, type Report } from "./report";
import { deviceState, Silence } from "./troubles";
import type { DeviceTrouble, Figures, LocalMedia, MediaState, MediaStats, Quality, Troubles } from "./types";

const BEAT_MS = 1000;
/** So many samples are looked back on. */
const WINDOW = 6;

export interface Vitals {
  state: MediaState;
  local: LocalMedia;
  troubles: Troubles;
  /** The microphone has the right to be heard. */
  heard: boolean;
}

/** What the pulse may know of the engine, and whom it tells. */
export interface Body {
  now(): Vitals;
  stats(): Promise<MediaStats>;
  report(report: Report): void;
  changed(quality: Quality | null): void;
  silent(trouble: DeviceTrouble | null): void;
  /** A picture is dead: only a new connection helps. */
  dead(): void;
}

export class Pulse {
  quality: Quality | null = null;
  figures: Figures = NO_FIGURES;
  server: ServerQuality | null = null;
  private timer: number | undefined;
  private beating = false;
  private samples: Sample[] = [];
  private judged: (Quality | null)[] = [];
  private readonly frozen = new FrozenSlots();
  private readonly cure = new Cure();
  private readonly silence = new Silence();
  private last: Report | null = null;
  private lastAt = 0;

  constructor(private readonly body: Body) {}

  start(): void {
    this.stop();
    this.timer = window.setInterval(() => void this.beat(), BEAT_MS);
  }

  stop(): void {
    window.clearInterval(this.timer);
    this.server = null;
    this.renewed();
    this.show(null);
  }

  /** Another connection: its counters begin at nothing. */
  renewed(): void {
    this.samples = [];
    this.judged = [];
    this.frozen.forget();
  }

  private async beat(): Promise<void> {
    if (this.beating) return; // a slow machine: the next one will do
    this.beating = true;
    try {
      const samples = this.samples;
      const stats = await this.body.stats();
      if (samples !== this.samples) return; // of a connection that is gone
      this.look({ at: performance.now(), stats });
    } finally {
      this.beating = false;
    }
  }

  private look(sample: Sample): void {
    const vitals = this.body.now();
    this.samples.push(sample);
    if (this.samples.length > WINDOW) this.samples.shift();
    this.figures = figures(this.samples[0] ?? sample, sample);
    this.judged.push(
      judge({
        ...this.figures,
        state: vitals.state,
        server: this.server,
        freezes: freezesIn(this.samples),
        limitedBy: sample.stats.limitedBy,
        sendsPicture: vitals.local.camera !== null || vitals.local.screen !== null,
      }),
    );
    if (this.judged.length > WINDOW) this.judged.shift();
    this.show(steady(this.quality, this.judged));
    this.listen(sample, vitals);
    this.tell(sample, vitals);
    const isShown = document.visibilityState !== "hidden" && vitals.state === "connected";
    if (!isShown) this.frozen.forget();
    else if (this.frozen.look(sample.stats.slots, sample.at).length > 0 && this.cure.take(sample.at)) this.body.dead();
  }

  private show(quality: Quality | null): void {
    const before = this.quality;
    this.quality = quality;
    const same = before?.level === quality?.level && before?.reason === quality?.reason && before?.audioOnly === quality?.audioOnly;
    if (!same) this.body.changed(quality);
  }

  private listen({ at, stats }: Sample, { local, heard, troubles }: Vitals): void {
    const trouble = troubles.microphone;
    const expected = local.microphone !== null && heard && trouble !== "MUTED";
    const silent = this.silence.listen(stats.loudness, expected, at);
    if (silent && trouble === null) this.body.silent("SILENT");
    else if (!silent && trouble === "SILENT") this.body.silent(null);
  }

  private tell({ at, stats }: Sample, { local, troubles }: Vitals): void {
    const report = makeReport({
      devices: {
        microphone: deviceState(local.microphone !== null, troubles.microphone),
        camera: deviceState(local.camera !== null, troubles.camera),
      },
      browser: browserName(navigator.userAgent),
      visible: document.visibilityState !== "hidden",
      loudness: local.microphone === null ? null : stats.loudness,
      figures: this.figures,
      quality: this.quality,
    });
    if (!isDue(report, this.last, this.lastAt, at)) return;
    this.last = report;
    this.lastAt = at;
    this.body.report(report);
  }
}
