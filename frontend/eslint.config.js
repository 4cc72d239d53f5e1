import vue from "eslint-plugin-vue";
import globals from "globals";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["dist/", "node_modules/", "src/api/generated/", "public/"] },
  ...ts.configs.strict,
  ...vue.configs["flat/recommended"],
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { parser: ts.parser, extraFileExtensions: [".vue"] },
    },
    rules: {
      "no-console": ["error", { allow: ["warn", "error"] }],
      "no-restricted-globals": [
        "error",
        { name: "structuredClone", message: "Chromium 80 has none." },
        { name: "WeakRef", message: "Chromium 80 has none." },
      ],
      "no-restricted-properties": [
        "error",
        { object: "crypto", property: "randomUUID", message: "Use newId() of @/live/ids: it works on plain http too." },
      ],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/no-dynamic-delete": "off",
      "vue/component-api-style": ["error", ["script-setup"]],
      "vue/block-lang": ["error", { script: { lang: "ts" } }],
      "vue/block-order": ["error", { order: ["script", "template", "style"] }],
      "vue/no-v-html": "error",
      // Words only through t(). Brand names are words, too.
      "vue/no-bare-strings-in-template": ["error", { allowlist: ["·", "/", ":", "：", "—", "–", "%", "(", ")", "*", "+", "×"] }],
      "vue/multi-word-component-names": "off",
      // Layout is left to the author.
      "vue/max-attributes-per-line": "off",
      "vue/singleline-html-element-content-newline": "off",
      "vue/multiline-html-element-content-newline": "off",
      "vue/html-self-closing": "off",
      "vue/html-indent": "off",
      "vue/html-closing-bracket-newline": "off",
      "vue/first-attribute-linebreak": "off",
      "vue/require-default-prop": "off",
      "vue/attributes-order": "off",
      "vue/no-template-shadow": "error",
    },
  },
  {
    files: ["src/companion/**", "src/components/**", "src/live/**", "src/api/**", "src/i18n/**", "src/app/compat.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["@/media/*", "@/media", "**/media/*"],
              message: "The companion bundle has no media code, nor has anything it shares.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["scripts/**", "*.config.*", "tests/**"],
    languageOptions: { globals: globals.node },
    rules: { "no-console": "off" },
  },
);
