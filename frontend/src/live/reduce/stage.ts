import type { StageState } from "@/api/generated/protocol";
import { slice } from "./slice";

export type { StageState };

export const stage = slice<StageState>("stage", {
  "stage.spotlight_set": (_, { participant }) => ({ spotlight: participant as string | null }),
});
