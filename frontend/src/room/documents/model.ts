/** What the materials look like to one person: values in, values out. */
import type { DocumentsState, DocumentView } from "@/api/generated/protocol";

/** The widths that the server draws. */
export const WIDTHS = [480, 1080, 1920] as const;
const DESK = ["HOST", "CO_HOST", "SECRETARY"];
const OVER = ["ENDED", "DONE", "CANCELLED"];

export const isDesk = (role: string): boolean => DESK.includes(role);

/** The desk until the end, others while they have the floor. The server decides each time; this is for the buttons. */
export function mayShow(who: { role: string; hasFloor: boolean; can: boolean }, meetingState: string): boolean {
  if (!who.can || OVER.includes(meetingState)) return false;
  return isDesk(who.role) || (who.hasFloor && meetingState === "LIVE");
}

export const isReadable = ({ state, ready_pages }: DocumentView): boolean =>
  (state === "READY" || state === "PROCESSING") && ready_pages > 0;

/**
 * The list as one person sees it. What could not be read concerns who uploaded it and the desk; what was taken back
 * before anybody could read it (a failed upload that was tidied away) concerns nobody.
 */
export const listed = (documents: readonly DocumentView[], who: { id: string; desk: boolean }): DocumentView[] =>
  documents
    .filter(({ state, ready_pages }) => state !== "RECALLED" || ready_pages > 0)
    .filter(({ state, uploader }) => state !== "FAILED" || who.desk || uploader === who.id)
    .sort((one, other) => one.position - other.position);

export const shownDocument = (state: DocumentsState): DocumentView | undefined =>
  state.presenting ? state.documents.find(({ id }) => id === state.presenting?.document) : undefined;

/** The width to ask for so that a page is sharp in `box` CSS pixels on this screen. */
export function widthFor(box: number, ratio: number): number {
  const wanted = box * Math.min(ratio || 1, 2);
  return WIDTHS.find((width) => width >= wanted * 0.9) ?? WIDTHS[WIDTHS.length - 1] ?? 1080;
}

export const pageAddress = (meeting: string, document: string, page: number, width: number): string =>
  `/api/documents/${meeting}/${document}/pages/${page}?w=${width}`;

/** Pages that will probably be wanted next: forward first. Only those that are drawn. */
export const neighbours = (page: number, ready: number): number[] =>
  [page + 1, page - 1, page + 2].filter((one) => one >= 1 && one <= ready);

/** The page that a key asks for; null for keys that are not ours. */
export function pageByKey(key: string, page: number, last: number): number | null {
  const wanted = {
    ArrowRight: page + 1,
    PageDown: page + 1,
    ArrowLeft: page - 1,
    PageUp: page - 1,
    Home: 1,
    End: last,
  }[key];
  return wanted === undefined ? null : Math.min(Math.max(wanted, 1), Math.max(last, 1));
}

/** `2.3 MB`, in the language's figures. */
export function sizeText(bytes: number, locale: string): string {
  const [unit, size] = bytes >= 1e6 ? ["MB", bytes / 1e6] : ["KB", Math.max(bytes / 1e3, 1)];
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: size < 10 ? 1 : 0 }).format(size)} ${unit}`;
}

export interface Limits {
  max_bytes: number;
  max_pages: number;
  accept: string;
  may_add: boolean;
}

/** Why a file cannot even be sent, as a code; the server looks into what is sent. */
export function unfit(file: { size: number; name: string; type: string }, limits: Limits): string | null {
  if (file.size > limits.max_bytes) return "FILE_TOO_LARGE";
  if (file.type && file.type !== "application/pdf" && !/\.pdf$/i.test(file.name)) return "NOT_A_PDF";
  return null;
}
