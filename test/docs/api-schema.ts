import { fileURLToPath } from "node:url";
import openapiTypescript, { astToString } from "openapi-typescript";
import { format, resolveConfig } from "prettier";
import { documentOf } from "../../src/http/admin/routes/all.js";

export const apiSchema = new URL("../../src/cli/client/schema.ts", import.meta.url);

/** The OpenAPI document as types: what the verbs ask a controller by. */
export async function renderApiSchema(): Promise<string> {
  // The version is no part of the types.
  const document = documentOf("0") as unknown as Parameters<typeof openapiTypescript>[0];
  const nodes = await openapiTypescript(document, { immutable: true });
  const text = `// Written by \`npm run docs\` from the OpenAPI document.\n\n${astToString(nodes)}`;
  const filepath = fileURLToPath(apiSchema);
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}
