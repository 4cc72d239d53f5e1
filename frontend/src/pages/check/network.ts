/**
 * The network part: which ways lead to the media worker, and what the best of them carries. Ten seconds against the
 * server itself; nothing goes anywhere else.
 */
import { shallowRef } from "vue";
import { asApiError } from "@/api/errors";
import { get, post } from "@/api/http";
import { type NetworkFinding, noNetwork, untried, WAYS, type WayName } from "./findings";
import { type IceServer, Line } from "./line";
import { measure, median, type Sample } from "./measure";
import { noise } from "./noise";

const MEASURE_MS = 10_000;
const SAMPLE_MS = 500;
const QUESTIONS = 3;

interface Ticket {
  ticket: string;
  relays: { way: Exclude<WayName, "direct">; servers: IceServer[] }[];
}

/** `token` is a guest's link: whoever has not come in yet may test all the same. */
export function useNetworkCheck(token: string) {
  const found = shallowRef<NetworkFinding>(noNetwork());
  const lines = new Set<Line>();
  let turn = 0;

  const note = (changes: Partial<NetworkFinding>) => (found.value = { ...found.value, ...changes });
  const noteWay = (way: WayName, state: NetworkFinding["ways"][WayName]) => note({ ways: { ...found.value.ways, [way]: state } });

  async function start(): Promise<void> {
    stop();
    const mine = turn;
    const stale = () => mine !== turn;
    found.value = { ...noNetwork(), state: "finding" };
    try {
      const answerMs = await answerTime();
      if (stale()) return;
      note({ answerMs });
      const ticket = await post<Ticket>("/check/begin", { token });
      if (stale()) return;
      const best = await find(ticket, stale);
      if (stale()) return;
      if (best === null) return void note({ state: "done" });
      note({ state: "measuring", way: best.way });
      const measured = await carry(best, stale);
      if (!stale()) note({ state: "done", measured, progress: 1 });
    } catch (error) {
      if (!stale()) note({ state: "refused", refusal: asApiError(error).code });
    } finally {
      if (!stale()) closeAll();
    }
  }

  /** All ways at once; the first of the list that is open is measured, the others are left. */
  async function find(ticket: Ticket, stale: () => boolean): Promise<Line | null> {
    const servers = new Map<WayName, IceServer[]>([["direct", []], ...ticket.relays.map((each) => [each.way, each.servers] as const)]);
    note({ ways: { ...untried(), ...Object.fromEntries(WAYS.map((way) => [way, servers.has(way) ? "trying" : "absent"])) } });
    const opened = await Promise.all(
      WAYS.filter((way) => servers.has(way)).map(async (way) => {
        const line = await Line.open(way, ticket.ticket, servers.get(way) ?? []);
        if (line !== null) lines.add(line);
        if (!stale()) noteWay(way, line === null ? "closed" : "open");
        return line;
      }),
    );
    const [best = null, ...others] = opened.filter((line): line is Line => line !== null);
    for (const line of others) line.close();
    return best;
  }

  async function carry(line: Line, stale: () => boolean) {
    const picture = noise();
    if (picture === null) return null;
    try {
      await line.send(picture.track);
      const begin = performance.now();
      const samples: Sample[] = [];
      while (!stale() && performance.now() - begin < MEASURE_MS) {
        samples.push(await line.sample());
        note({ progress: Math.min(1, (performance.now() - begin) / MEASURE_MS) });
        await new Promise((done) => window.setTimeout(done, SAMPLE_MS));
      }
      return measure(samples);
    } finally {
      picture.stop();
    }
  }

  function closeAll() {
    for (const line of lines) line.close();
    lines.clear();
  }
  function stop() {
    turn += 1;
    closeAll();
  }

  return { found, start, stop };
}

async function answerTime(): Promise<number | null> {
  const took: number[] = [];
  for (let nth = 0; nth < QUESTIONS; nth += 1) {
    const begin = performance.now();
    await get("/accounts/csrf");
    took.push(performance.now() - begin);
  }
  return median(took);
}
