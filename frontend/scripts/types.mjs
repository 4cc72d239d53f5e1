// Compiles the contract that `manage.py contract` wrote (src/api/generated/schema.json) into protocol.ts.
// Both files are committed; CI runs this again and fails when the result differs.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const folder = fileURLToPath(new URL("../src/api/generated/", import.meta.url));
const schemaFile = `${folder}schema.json`;

if (!existsSync(schemaFile)) {
  console.error("frontend/src/api/generated/schema.json is missing: run `python manage.py contract` first.");
  process.exit(1);
}

const schema = JSON.parse(readFileSync(schemaFile, "utf8"));
const text = await compile(schema, schema.title ?? "Protocol", {
  bannerComment: "// Generated from schema.json by `npm run types`. Do not edit.",
  additionalProperties: false,
  unreachableDefinitions: true,
  enableConstEnums: false,
  format: false,
});
writeFileSync(`${folder}protocol.ts`, text);
console.log(`protocol.ts: ${text.split("\n").length} lines`);
