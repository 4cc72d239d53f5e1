import { computed, inject, type InjectionKey, type Ref } from "vue";

/** What a `Field` tells the control inside it. */
export interface FieldContext {
  id: string;
  hintId: string;
  errorId: string;
  hint: Readonly<Ref<string | undefined>>;
  error: Readonly<Ref<string | undefined>>;
  required: Readonly<Ref<boolean | undefined>>;
}

export const fieldKey: InjectionKey<FieldContext> = Symbol("field");

/** Attributes that tie a control to its field; nothing outside of one. */
export function useFieldAttributes() {
  const field = inject(fieldKey, null);
  return computed(() => {
    if (!field) return {};
    const described = [field.error.value && field.errorId, field.hint.value && field.hintId].filter(Boolean).join(" ");
    return {
      id: field.id,
      "aria-invalid": field.error.value ? ("true" as const) : undefined,
      "aria-describedby": described || undefined,
      "aria-required": field.required.value ? ("true" as const) : undefined,
    };
  });
}
