/**
 * Who is signed in. The server's session cookie is the truth; this remembers the answer of `/accounts/me`.
 *
 * Guests of a meeting have no account; they come in by a link and are `null` here.
 */
import { readonly, shallowRef } from "vue";
import { ApiError } from "./errors";
import { get, post } from "./http";

export interface Organization {
  name: string;
  brand: string;
}

export interface Account {
  id: string;
  username: string;
  /** The person's id, as participants name it. */
  person: string;
  name: string;
  title: string;
  unit: string | null;
  roles: string[];
  organization: Organization;
  must_change_password: boolean;
  is_demo: boolean;
}

const account = shallowRef<Account | null>(null);
let asked: Promise<Account | null> | null = null;

export const useAccount = () => readonly(account);

/** Who is signed in, asked once; a failure of the network is asked again next time. */
export function load(): Promise<Account | null> {
  asked ??= get<{ account: Account }>("/accounts/me")
    .then((answer) => (account.value = answer.account))
    .catch((error: unknown) => {
      if (error instanceof ApiError && error.code === "NOT_SIGNED_IN") return (account.value = null);
      asked = null;
      throw error;
    });
  return asked;
}

export async function signIn(username: string, password: string): Promise<Account> {
  const answer = await post<{ account: Account }>("/accounts/sign-in", { username, password });
  asked = null; // the sign-in's answer may be a part; /me is the whole
  return (await load()) ?? (account.value = answer.account);
}

export async function signOut(): Promise<void> {
  await post("/accounts/sign-out");
  forget();
}

export async function changePassword(old: string, fresh: string): Promise<void> {
  await post("/accounts/change-password", { old, new: fresh });
  asked = null;
  await load();
}

/** The session is over (signed out elsewhere, or expired). */
export function forget(): void {
  account.value = null;
  asked = Promise.resolve(null);
}
