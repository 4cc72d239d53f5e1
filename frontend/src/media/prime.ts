/**
 * A Chromium viewer that never sent video reports no bandwidth: its trackless camera line takes the REMB role and
 * stays silent. A few frames of a tiny canvas on that line, once, cure it. No permission is asked.
 */

/** Half a dozen frames are enough; the first report comes some seconds later (measured in Chromium 156). */
const MILLISECONDS = 400;
const FPS = 15;
const PATIENCE_MS = 3000;

/** Resolves when the line has sent: only then may its encodings be switched off. */
export async function prime(sender: RTCRtpSender): Promise<void> {
  if (sender.track !== null) return hasSent(sender);
  const canvas = document.createElement("canvas");
  if (typeof canvas.captureStream !== "function") return;
  canvas.width = 64;
  canvas.height = 36;
  const paint = canvas.getContext("2d");
  const track = canvas.captureStream(FPS).getVideoTracks()[0];
  if (paint === null || track === undefined) return;
  let shade = 0;
  const drawing = window.setInterval(() => {
    shade = (shade + 16) % 256;
    paint.fillStyle = `rgb(${shade},${shade},${shade})`;
    paint.fillRect(0, 0, 64, 36);
  }, 1000 / FPS);
  try {
    await sender.replaceTrack(track);
    await wait(MILLISECONDS);
    // A person may have turned the camera on in the meantime.
    if (sender.track === track) await sender.replaceTrack(null);
  } finally {
    window.clearInterval(drawing);
    track.stop();
  }
}

async function hasSent(sender: RTCRtpSender): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += MILLISECONDS) {
    let packets = 0;
    (await sender.getStats()).forEach((row: Record<string, unknown>) => {
      if (row.type === "outbound-rtp" && typeof row.packetsSent === "number") packets += row.packetsSent;
    });
    if (packets > 0) return;
    await wait(MILLISECONDS);
  }
}

const wait = (milliseconds: number) => new Promise<void>((done) => window.setTimeout(done, milliseconds));
