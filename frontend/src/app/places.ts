/** Addresses that one area needs of another. Each area's `routes.ts` answers to its own. */
export const places = {
  home: () => "/",
  signIn: (next?: string) => (next && next !== "/" ? `/sign-in?next=${encodeURIComponent(next)}` : "/sign-in"),
  changePassword: () => "/change-password",
  consultations: () => "/consultations",
  consultation: (id: string) => `/consultations/${id}`,
  /** Preparing and administering a meeting. */
  meeting: (id: string) => `/meetings/${id}/prepare`,
  /** Being in it. */
  room: (id: string) => `/room/${id}`,
  /** What a hall's screen shows of it. */
  program: (id: string) => `/meetings/${id}/program`,
  minutes: () => "/minutes",
  meetingMinutes: (meeting: string) => `/meetings/${meeting}/minutes`,
  followups: () => "/followups",
  /** 网络与设备检测. A guest's link goes behind the `#`: no server writes that into its log. */
  check: (link = "") => (link ? `/check#${link}` : "/check"),
} as const;

/** A place on this site to go on to after signing in; anything else leads home. */
export const ownPlace = (next: unknown): string =>
  typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : places.home();
