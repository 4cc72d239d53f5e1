/** How loud a microphone is, for a meter. Reads the track, changes nothing. */

export interface LevelMeter {
  /** 0 is silence, 1 is as loud as it gets. */
  read(): number;
  stop(): void;
}

export function levelMeter(track: MediaStreamTrack): LevelMeter {
  const context = new AudioContext();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    read() {
      analyser.getFloatTimeDomainData(samples);
      return loudness(samples);
    },
    stop() {
      source.disconnect();
      void context.close();
    },
  };
}

/** Root mean square on a scale people expect of a meter: -60 dB is 0, full scale is 1. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  if (sum === 0) return 0;
  const decibel = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, 1 + decibel / 60));
}
