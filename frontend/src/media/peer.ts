/**
 * One RTCPeerConnection with its fixed m-lines: microphone, camera, screen, three voices, the big picture, thumbs.
 * It is negotiated once; everything later is `replaceTrack`, or a new offer that restarts ICE.
 */
import { newId } from "@/live/ids";
import { AUDIO_SLOTS, BIG, CAMERA, FIRST_SLOT, MICROPHONE, SCREEN, slotAt } from "./slots";
import type { DeviceKind, MediaStats, SlotStats } from "./types";

const LINES: Record<DeviceKind, number> = { microphone: MICROPHONE, camera: CAMERA, screen: SCREEN };

/** First the largest: browsers drop encodings from the end of the list when the picture is small. */
const CAMERA_ENCODINGS: RTCRtpEncodingParameters[] = [{ rid: "h", maxBitrate: 900_000 }];

export class Peer {
  readonly connection = newId();
  /** The life of the server process that holds the other end, if it said so: another one cannot restart our ICE. */
  epoch: string | null = null;
  private readonly pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  private readonly lines: RTCRtpTransceiver[];

  constructor(thumbs: number, changed: (state: RTCIceConnectionState) => void) {
    const { pc } = this;
    pc.addTransceiver("audio", { direction: "sendonly" });
    pc.addTransceiver("video", { direction: "sendonly", sendEncodings: CAMERA_ENCODINGS });
    pc.addTransceiver("video", { direction: "sendonly" });
    for (let place = 0; place < AUDIO_SLOTS; place++) pc.addTransceiver("audio", { direction: "recvonly" });
    for (let place = 0; place < 1 + thumbs; place++) pc.addTransceiver("video", { direction: "recvonly" });
    this.lines = pc.getTransceivers();
    pc.oniceconnectionstatechange = () => changed(pc.iceConnectionState);
  }

  get iceState(): RTCIceConnectionState {
    return this.pc.iceConnectionState;
  }

  /** An offer for the first time, or for an ICE restart. Candidates are not waited for: the server needs none. */
  async offer(restart: boolean): Promise<string> {
    const offer = await this.pc.createOffer({ iceRestart: restart });
    await this.pc.setLocalDescription(offer);
    return offer.sdp ?? "";
  }

  async answer(sdp: string): Promise<void> {
    if (this.pc.signalingState === "have-local-offer") await this.pc.setRemoteDescription({ type: "answer", sdp });
  }

  sender(device: DeviceKind): RTCRtpSender | undefined {
    return this.lines[LINES[device]]?.sender;
  }

  voices(): MediaStreamTrack[] {
    return this.lines.slice(FIRST_SLOT, BIG).map((line) => line.receiver.track);
  }

  /** The big picture, then the thumbs. */
  pictures(): MediaStreamTrack[] {
    return this.lines.slice(BIG).map((line) => line.receiver.track);
  }

  /** The publisher's number of the last packet in a slot, to confirm what the `slots` frame says. */
  sourceAt(index: number): number | null {
    return this.lines[index]?.receiver.getContributingSources()[0]?.source ?? null;
  }

  async stats(): Promise<MediaStats> {
    const stats: MediaStats = { rttMs: null, sentBytes: 0, receivedBytes: 0, slots: [] };
    (await this.pc.getStats()).forEach((row: Record<string, unknown>) => {
      if (row.type === "candidate-pair" && row.nominated === true && row.state === "succeeded") {
        const rtt = row.currentRoundTripTime;
        stats.rttMs = typeof rtt === "number" ? rtt * 1000 : null;
        stats.sentBytes += number(row.bytesSent);
        stats.receivedBytes += number(row.bytesReceived);
      }
    });
    for (const [index, line] of this.lines.entries()) {
      const slot = slotAt(index);
      if (slot !== null) stats.slots.push(read(slot, await line.receiver.getStats()));
    }
    return stats;
  }

  close(): void {
    this.pc.oniceconnectionstatechange = null;
    this.pc.close();
  }
}

/** Old browsers keep half of it in rows of type `track`: the larger value of any row is the right one. */
function read(slot: string, report: RTCStatsReport): SlotStats {
  const found: SlotStats = { slot, framesDecoded: 0, framesPerSecond: 0, packetsLost: 0, freezes: 0, energy: 0 };
  report.forEach((row: Record<string, unknown>) => {
    if (row.type !== "inbound-rtp" && row.type !== "track") return;
    found.framesDecoded = Math.max(found.framesDecoded, number(row.framesDecoded));
    found.framesPerSecond = Math.max(found.framesPerSecond, number(row.framesPerSecond));
    found.packetsLost = Math.max(found.packetsLost, number(row.packetsLost));
    found.freezes = Math.max(found.freezes, number(row.freezeCount));
    found.energy = Math.max(found.energy, number(row.totalAudioEnergy));
  });
  return found;
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
