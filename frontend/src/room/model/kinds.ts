/** What somebody may ask the floor for, by role: the first is the usual one. Pure. */
import type { RequestKind, Role } from "@/api/generated/protocol";

const BY_ROLE: Partial<Record<Role, readonly RequestKind[]>> = {
  DEPARTMENT: ["RESPONSE", "IMPROMPTU"],
  EXPERT: ["IMPROMPTU", "RESPONSE"],
  PUBLIC: ["QUESTION", "IMPROMPTU"],
};

export const kindsFor = (role: Role | undefined): readonly RequestKind[] =>
  (role && BY_ROLE[role]) || ["IMPROMPTU", "QUESTION"];
