/**
 * What keeps a whole page from being shown: the server cannot be asked who we are, or a part of the product did not
 * load. A failed action is not that: it is a toast.
 */
import { readonly, shallowRef } from "vue";
import { ApiError, asApiError, OFFLINE } from "@/api/errors";

const current = shallowRef<ApiError | null>(null);
export const failure = readonly(current);

export function fail(thrown: unknown): void {
  current.value = isMissingPart(thrown) ? new ApiError(navigator.onLine ? "BAD_PROTOCOL" : OFFLINE) : asApiError(thrown);
}

export function recovered(): void {
  current.value = null;
}

/** After an update the old page's parts are gone from the server: reloading gets the new ones. */
const isMissingPart = (thrown: unknown): boolean =>
  thrown instanceof TypeError && /dynamically imported module|module script/i.test(thrown.message);
