/** A picture that cannot be compressed away: what is sent then is what the line takes. Needs no camera. */

/** Small, so that the line is the limit and not an old processor. */
const WIDTH = 320;
const HEIGHT = 180;
const FPS = 20;
const PICTURES = 8;

export interface Noise {
  track: MediaStreamTrack;
  stop(): void;
}

/** Null where canvases cannot be streamed. */
export function noise(): Noise | null {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const paint = canvas.getContext("2d");
  if (paint === null || typeof canvas.captureStream !== "function") return null;
  const pictures = Array.from({ length: PICTURES }, () => speckled(paint));
  let turn = 0;
  const drawing = window.setInterval(() => {
    const picture = pictures[turn++ % PICTURES];
    if (picture) paint.putImageData(picture, 0, 0);
  }, 1000 / FPS);
  const track = canvas.captureStream(FPS).getVideoTracks()[0];
  const stop = () => {
    window.clearInterval(drawing);
    track?.stop();
  };
  if (track === undefined) {
    stop();
    return null;
  }
  return { track, stop };
}

/** Grey blocks of 2 by 2: fine enough to cost bits, coarse enough to survive the encoder. */
function speckled(paint: CanvasRenderingContext2D): ImageData {
  const picture = paint.createImageData(WIDTH, HEIGHT);
  const dots = new Uint32Array(picture.data.buffer);
  const across = WIDTH / 2;
  const blocks = Array.from({ length: across * (HEIGHT / 2) }, () => Math.floor(Math.random() * 256));
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const grey = blocks[(y >> 1) * across + (x >> 1)] ?? 0;
      dots[y * WIDTH + x] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
    }
  }
  return picture;
}
