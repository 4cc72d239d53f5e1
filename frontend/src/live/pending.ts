/**
 * Commands that wait for their answer. A command keeps its id for life; the server answers the same id the same way.
 *
 * "Done" is told to the caller only when the events up to its `seq` are applied, so that what people see and what they
 * were promised agree.
 */
import type { ApiError } from "@/api/errors";
import { newId } from "./ids";
import type { Command } from "./words";

interface Waiting {
  id: string;
  command: Command;
  resolve: (result: unknown) => void;
  reject: (error: ApiError) => void;
  /** Set when the server said "done": what is left is to see the events. */
  answered: { seq: number; result: unknown } | null;
}

export class Pending {
  private readonly waiting = new Map<string, Waiting>();

  add(command: Command): { id: string; answer: Promise<unknown> } {
    const id = newId();
    const answer = new Promise<unknown>((resolve, reject) => {
      this.waiting.set(id, { id, command, resolve, reject, answered: null });
    });
    return { id, answer };
  }

  /** In the order they were given. */
  unanswered(): { id: string; command: Command }[] {
    return [...this.waiting.values()].filter((one) => one.answered === null);
  }

  done(id: string, seq: number, result: unknown, here: number): void {
    const one = this.waiting.get(id);
    if (!one) return;
    one.answered = { seq, result };
    this.reached(here);
  }

  refuse(id: string, error: ApiError): void {
    this.waiting.get(id)?.reject(error);
    this.waiting.delete(id);
  }

  refuseAll(error: ApiError): void {
    for (const id of [...this.waiting.keys()]) this.refuse(id, error);
  }

  /** Events are applied up to `seq`. */
  reached(seq: number): void {
    for (const one of [...this.waiting.values()]) {
      if (!one.answered || one.answered.seq > seq) continue;
      this.waiting.delete(one.id);
      one.resolve(one.answered.result);
    }
  }
}
