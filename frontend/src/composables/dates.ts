/** Dates as people of the chosen language write them. Meetings are told in the city's time, not the terminal's. */
import { computed } from "vue";
import { useI18n } from "vue-i18n";

export const ZONE = "Asia/Shanghai";

export function useDates() {
  const { locale } = useI18n();
  const format = (options: Intl.DateTimeFormatOptions) =>
    computed(() => new Intl.DateTimeFormat(locale.value, { timeZone: ZONE, hourCycle: "h23", ...options }));
  const date = format({ year: "numeric", month: "long", day: "numeric" });
  const day = format({ month: "short", day: "numeric", weekday: "short" });
  const time = format({ hour: "2-digit", minute: "2-digit" });
  const moment = format({ year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });
  return {
    /** 2026年10月12日 */
    date: (at: string | number) => date.value.format(new Date(at)),
    /** 10月12日周一 */
    day: (at: string | number) => day.value.format(new Date(at)),
    /** 14:30 */
    time: (at: string | number) => time.value.format(new Date(at)),
    /** 2026年10月12日 14:30 */
    moment: (at: string | number) => moment.value.format(new Date(at)),
  };
}

/** The calendar day in the city, `2026-10-12`: to tell today from tomorrow. */
export const dayKey = (at: string | number): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(at));
