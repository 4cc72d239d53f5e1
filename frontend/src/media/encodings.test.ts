import { expect, it } from "vitest";
import { Encodings, tune } from "./encodings";

const layers = (...active: boolean[]) => ["h", "m", "l"].map((rid, place) => ({ rid, active: active[place] ?? true }));
const wish = (...rids: string[]) => Object.fromEntries(["h", "m", "l"].map((rid) => [rid, { active: rids.includes(rid) }]));

/** A sender whose `setParameters` is finished by hand, and which like a browser takes one call at a time. */
class Sender {
  encodings = layers();
  calls = 0;
  refuses = 0;
  private finish: (() => void) | null = null;

  getParameters() {
    return { encodings: this.encodings.map((each) => ({ ...each })) } as RTCRtpSendParameters;
  }
  setParameters(parameters: RTCRtpSendParameters) {
    this.calls += 1;
    if (this.finish !== null) throw new Error("InvalidStateError: one is under way");
    if (this.refuses-- > 0) return Promise.reject(new Error("InvalidModificationError"));
    return new Promise<undefined>((done) => {
      this.finish = () => {
        this.encodings = parameters.encodings as typeof this.encodings;
        this.finish = null;
        done(undefined);
      };
    });
  }
  done() {
    this.finish?.();
    return new Promise((later) => setTimeout(later));
  }
  get running() {
    return this.encodings.filter(({ active }) => active).map(({ rid }) => rid);
  }
}

it("many wishes become one call under way and the latest one after it", async () => {
  const sender = new Sender();
  const encodings = new Encodings(sender);
  void encodings.want(wish("h", "l"));
  void encodings.want(wish("m"));
  const last = encodings.want(wish("l"));
  expect(sender.calls).toBe(1);
  await sender.done();
  expect(sender.running).toEqual(["h", "l"]);
  expect(sender.calls).toBe(2);
  await sender.done();
  await last;
  expect(sender.running).toEqual(["l"]);
  expect(sender.calls).toBe(2);
});

it("what is so already is not set again", async () => {
  const sender = new Sender();
  await new Encodings(sender).want(wish("h", "m", "l"));
  expect(sender.calls).toBe(0);
});

it("a wish that came while the browser worked is carried out, and one that came later, too", async () => {
  const sender = new Sender();
  const encodings = new Encodings(sender);
  const first = encodings.want(wish("h"));
  await sender.done();
  await first;
  const second = encodings.want(wish("m"));
  await sender.done();
  await second;
  expect(sender.running).toEqual(["m"]);
});

it("a refusal is tried again, and a sender that always refuses is left alone", async () => {
  const sender = new Sender();
  sender.refuses = 1;
  const encodings = new Encodings(sender);
  const wanted = encodings.want(wish("h"));
  await sender.done();
  await sender.done();
  await wanted;
  expect(sender.running).toEqual(["h"]);
  sender.refuses = 99;
  await encodings.want(wish("m"));
  expect(sender.calls).toBe(2 + 3);
});

it("an encoding without a rid has the empty name; one that nobody named stays as it is", () => {
  const encodings: RTCRtpEncodingParameters[] = [{ maxBitrate: 1 }];
  expect(tune(encodings, { "": { active: true, maxBitrate: 2 } })).toBe(true);
  expect(encodings).toEqual([{ maxBitrate: 2 }]);
  expect(tune(encodings, { h: { active: false } })).toBe(false);
  expect(tune(undefined, { h: { active: false } })).toBe(false);
});
