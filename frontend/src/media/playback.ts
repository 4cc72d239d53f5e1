/** Playing the audio slots. Browsers refuse sound before a gesture: then somebody must be told. */

export class Playback {
  private readonly elements: HTMLAudioElement[] = [];
  private speaker: string | undefined;

  constructor(private readonly refused: () => void) {}

  play(tracks: readonly MediaStreamTrack[]): void {
    tracks.forEach((track, place) => {
      const element = this.elements[place] ?? this.create(place);
      element.srcObject = new MediaStream([track]);
      this.begin(element);
    });
  }

  async resume(): Promise<void> {
    await Promise.all(this.elements.map((element) => element.play()));
  }

  async setSpeaker(deviceId: string): Promise<void> {
    this.speaker = deviceId;
    await Promise.all(this.elements.map((element) => this.route(element)));
  }

  stop(): void {
    for (const element of this.elements.splice(0)) {
      element.srcObject = null;
      element.remove();
    }
  }

  private create(place: number): HTMLAudioElement {
    const element = document.createElement("audio");
    element.autoplay = true;
    element.dataset.slot = `a${place}`;
    element.style.display = "none";
    document.body.appendChild(element);
    this.elements[place] = element;
    void this.route(element);
    return element;
  }

  private begin(element: HTMLAudioElement): void {
    element.play().catch((error: unknown) => {
      if (error instanceof Error && error.name === "NotAllowedError") this.refused();
      // AbortError: a newer source took its place.
    });
  }

  private async route(element: HTMLAudioElement): Promise<void> {
    const routed = element as HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };
    if (this.speaker !== undefined && routed.setSinkId !== undefined) await routed.setSinkId(this.speaker);
  }
}
