/** One test connection to a mirror: opened by one way, looked at, closed. */
import { post } from "@/api/http";
import type { WayName } from "./findings";
import type { Sample } from "./measure";

/** A relay over TLS on a slow line takes nine journeys there and back. */
const OPEN_MS = 9000;
const MAX_BITRATE = 1_800_000;

export interface IceServer {
  urls: string[];
  username: string;
  credential: string;
}

export class Line {
  private readonly sender: RTCRtpSender;

  private constructor(
    readonly way: WayName,
    private readonly peer: RTCPeerConnection,
  ) {
    this.sender = peer.addTransceiver("video", { direction: "sendonly", sendEncodings: [{ maxBitrate: MAX_BITRATE }] }).sender;
    peer.addTransceiver("video", { direction: "recvonly" });
  }

  /** Null when this way does not lead there. A refusal of the server is thrown. */
  static async open(way: WayName, ticket: string, servers: IceServer[]): Promise<Line | null> {
    const peer = new RTCPeerConnection({
      iceServers: servers,
      iceTransportPolicy: way === "direct" ? "all" : "relay",
      bundlePolicy: "max-bundle",
    });
    const line = new Line(way, peer);
    try {
      await peer.setLocalDescription(await peer.createOffer());
      const { sdp } = await post<{ sdp: string }>("/check/probe", { ticket, sdp: peer.localDescription?.sdp ?? "" });
      const connected = line.connected();
      await peer.setRemoteDescription({ type: "answer", sdp });
      if (await connected) return line;
    } catch (error) {
      peer.close();
      throw error;
    }
    peer.close();
    return null;
  }

  private connected(): Promise<boolean> {
    const { peer } = this;
    return new Promise((done) => {
      const timer = window.setTimeout(() => done(false), OPEN_MS);
      const look = () => {
        // Firefox had no connectionState for long.
        const state = peer.connectionState ?? peer.iceConnectionState;
        if (!/^(connected|completed|failed)$/.test(state)) return;
        window.clearTimeout(timer);
        done(state !== "failed");
      };
      peer.onconnectionstatechange = peer.oniceconnectionstatechange = look;
    });
  }

  send(track: MediaStreamTrack): Promise<void> {
    return this.sender.replaceTrack(track);
  }

  async sample(): Promise<Sample> {
    const sample: Sample = { at: performance.now(), sentPackets: 0, sentBytes: 0, gotPackets: 0, gotBytes: 0, lost: 0, rttMs: null, room: null };
    (await this.peer.getStats()).forEach((each: Record<string, unknown>) => {
      const number = (name: string) => (typeof each[name] === "number" ? (each[name] as number) : 0);
      if (each.type === "outbound-rtp") {
        sample.sentPackets += number("packetsSent");
        sample.sentBytes += number("bytesSent");
      } else if (each.type === "inbound-rtp") {
        sample.gotPackets += number("packetsReceived");
        sample.gotBytes += number("bytesReceived");
        sample.lost += number("packetsLost");
      } else if (each.type === "candidate-pair" && each.state === "succeeded" && number("currentRoundTripTime") > 0) {
        if (each.nominated !== true && sample.rttMs !== null) return;
        sample.rttMs = number("currentRoundTripTime") * 1000;
        // Never more than we let it send.
        sample.room = Math.min(number("availableOutgoingBitrate"), MAX_BITRATE) / 1000 || null;
      }
    });
    return sample;
  }

  close(): void {
    this.peer.close();
  }
}
