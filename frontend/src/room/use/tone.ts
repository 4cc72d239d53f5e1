/** A soft tone: to test a loudspeaker, and to say "it is your turn" to somebody who looks elsewhere. */
interface Routed {
  setSinkId?: (id: string) => Promise<void>;
}

/** Two notes, as of a bell. A browser that refuses sound stays silent: the tone is never the only sign. */
export async function chime(speaker?: string): Promise<void> {
  try {
    const context = new AudioContext();
    const out = context.createMediaStreamDestination();
    const element = new Audio();
    element.srcObject = out.stream;
    const routed = element as Routed;
    if (speaker && routed.setSinkId) await routed.setSinkId(speaker);
    await element.play();
    [660, 880].forEach((pitch, index) => note(context, out, pitch, context.currentTime + index * 0.22));
    window.setTimeout(() => void context.close(), 1400);
  } catch {
    // No sound here.
  }
}

function note(context: AudioContext, out: AudioNode, pitch: number, at: number): void {
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.frequency.value = pitch;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.16, at + 0.03);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.7);
  oscillator.connect(volume).connect(out);
  oscillator.start(at);
  oscillator.stop(at + 0.75);
}
