/** A refusal as the sentence that people read: what happened and what to do about it. */
import { useI18n } from "vue-i18n";
import { asApiError } from "@/api/errors";

export function useErrorText(): (thrown: unknown) => string {
  const { t, te } = useI18n();
  return (thrown) => {
    const { code, facts } = asApiError(thrown);
    const key = `errors.${code}`;
    return te(key, "zh-CN") ? t(key, facts) : t("errors.UNKNOWN", { code });
  };
}
