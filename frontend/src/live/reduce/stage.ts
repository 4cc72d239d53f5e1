import type { StageState } from "@/api/generated/protocol";
import { slice } from "./slice";

export type { StageState };

export const stage = slice<StageState>("stage", {
  "stage.spotlight_set": (now, { participant }) => ({ ...now, spotlight: participant as string | null }),
  "stage.layout_set": (now, { layout }) => ({ ...now, layout: layout as StageState["layout"] }),
});
