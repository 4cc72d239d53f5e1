/** What can be said about a new password before the server is asked. The server has the last word. */
export const SHORTEST = 10;

export interface Words {
  old: string;
  fresh: string;
  again: string;
}

export type Complaint = "missing" | "short" | "same" | "different";

export function complaints({ old, fresh, again }: Words): Partial<Record<keyof Words, Complaint>> {
  const found: Partial<Record<keyof Words, Complaint>> = {};
  if (!old) found.old = "missing";
  if (!fresh) found.fresh = "missing";
  else if (fresh.length < SHORTEST) found.fresh = "short";
  else if (fresh === old) found.fresh = "same";
  if (!again) found.again = "missing";
  else if (fresh && fresh !== again) found.again = "different";
  return found;
}
