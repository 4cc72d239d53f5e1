/** One `getStats` of a whole connection as the few figures we look at. Pure, and the browsers' differences end here. */
import { slotAt } from "./slots";
import type { MediaStats, SlotStats } from "./types";

type Row = Record<string, unknown>;
/** A line of the connection: its mid, and the id of the track it receives. */
export interface LineNames {
  mid: string | null;
  track: string;
}

export const NO_STATS: MediaStats = {
  rttMs: null,
  sentBytes: 0,
  receivedBytes: 0,
  lossUp: null,
  limitedBy: "none",
  loudness: null,
  slots: [],
};

export function readStats(rows: readonly Row[], lines: readonly LineNames[]): MediaStats {
  const stats: MediaStats = { ...NO_STATS, slots: emptySlots(lines.length) };
  const tracks = new Map(rows.filter(({ type }) => type === "track").map((row) => [row.id, row]));
  for (const row of rows) {
    if (row.type === "candidate-pair" && row.nominated === true && row.state === "succeeded") {
      const rtt = row.currentRoundTripTime;
      stats.rttMs = typeof rtt === "number" ? rtt * 1000 : null;
      stats.sentBytes += number(row.bytesSent);
      stats.receivedBytes += number(row.bytesReceived);
    } else if (row.type === "remote-inbound-rtp" && typeof row.fractionLost === "number") {
      stats.lossUp = Math.max(stats.lossUp ?? 0, row.fractionLost);
    } else if (row.type === "outbound-rtp" && (row.qualityLimitationReason === "cpu" || row.qualityLimitationReason === "bandwidth")) {
      // Of several layers the smallest may be unlimited: what limits any of them counts.
      if (stats.limitedBy !== "cpu") stats.limitedBy = row.qualityLimitationReason;
    } else if (row.type === "media-source" && row.kind === "audio" && typeof row.audioLevel === "number") {
      stats.loudness = row.audioLevel;
    } else if (row.type === "inbound-rtp") {
      // Chromium before 96 keeps half of it in a row of type `track`: the larger value is the right one.
      const track = tracks.get(row.trackId) ?? {};
      const place = lines.findIndex(({ mid, track: id }) =>
        typeof row.mid === "string" ? row.mid === mid : (row.trackIdentifier ?? track.trackIdentifier) === id,
      );
      const slot = stats.slots.find((each) => each.slot === slotAt(place));
      if (slot !== undefined) fill(slot, row, track);
    }
  }
  return stats;
}

function emptySlots(lines: number): SlotStats[] {
  const names = Array.from({ length: lines }, (_, place) => slotAt(place));
  return names.flatMap((slot) =>
    slot === null
      ? []
      : [{ slot, framesDecoded: 0, framesPerSecond: 0, packetsLost: 0, freezes: 0, packetsReceived: 0, bytesReceived: 0, energy: 0 }],
  );
}

function fill(slot: SlotStats, row: Row, track: Row): void {
  const larger = (name: string) => Math.max(number(row[name]), number(track[name]));
  slot.framesDecoded = larger("framesDecoded");
  slot.framesPerSecond = larger("framesPerSecond");
  slot.packetsLost = larger("packetsLost");
  slot.freezes = larger("freezeCount");
  slot.packetsReceived = larger("packetsReceived");
  slot.bytesReceived = larger("bytesReceived");
  slot.energy = larger("totalAudioEnergy");
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
