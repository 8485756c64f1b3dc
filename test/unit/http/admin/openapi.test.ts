import { validate } from "@readme/openapi-parser";
import { expect, test } from "vitest";
import { adminApp } from "../../../../src/http/admin/admin.js";
import { documentOf, routes } from "../../../../src/http/admin/routes/all.js";
import { memoryLog, serve } from "../harness.js";
import { fakeSurface } from "../surface.js";

const metrics = { contentType: "text/plain", render: () => Promise.resolve("") };

interface Layer {
  readonly route?: {
    readonly path: string | readonly string[];
    readonly stack: readonly { readonly method?: string }[];
  };
}

/** What the app itself routes: `get /api/v1/plan`; paths in OpenAPI's spelling. */
function routesOf(app: ReturnType<typeof adminApp>): readonly string[] {
  return (app.router.stack as unknown as readonly Layer[]).flatMap(({ route }) =>
    [route?.path ?? []]
      .flat()
      .flatMap((path) =>
        (route?.stack ?? [])
          .flatMap(({ method }) => method ?? [])
          .map((method) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`),
      ),
  );
}

/** The page is no part of the API: its addresses are for people. */
const isForPrograms = (route: string) => / \/(?:api\/|livez$|readyz$|metrics$)/.test(route);

test("lists every route of the admin app that is for programs, and no other", () => {
  const app = adminApp({ surface: fakeSurface(), metrics, log: memoryLog(), version: "1.2.3" });
  const { paths } = documentOf("1.2.3") as { paths: Record<string, Record<string, unknown>> };
  const documented = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((key) => key !== "parameters")
      .map((method) => `${method} ${path}`),
  );
  expect(documented.length).toBeGreaterThan(9);
  expect(documented.sort()).toEqual([...new Set(routesOf(app).filter(isForPrograms))].sort());
});

test("is an OpenAPI document, as a validator of others sees it", async () => {
  const result = await validate(structuredClone(documentOf("1.2.3")) as Parameters<typeof validate>[0]);
  expect(result).toMatchObject({ valid: true, warnings: [] });
});

test("each operation has an id of its own, and each route words that end like a title", () => {
  const { paths } = documentOf("1.2.3") as { paths: Record<string, Record<string, { operationId?: string }>> };
  const ids = Object.values(paths).flatMap((item) =>
    Object.values(item).flatMap(({ operationId }) => operationId ?? []),
  );
  expect(ids).toHaveLength(routes.length);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { summary } of routes) expect(summary).toMatch(/^[A-Z[].*[^.]$/);
});

test("is served with the running version, and every reference in it leads somewhere", async () => {
  const admin = await serve(adminApp({ surface: fakeSurface(), metrics, log: memoryLog(), version: "1.2.3" }));
  const { json, text } = await admin.send("/api/v1/openapi.json");
  expect(json).toMatchObject({ openapi: "3.1.0", info: { version: "1.2.3" } });
  const schemas = (json["components"] as { schemas: object }).schemas;
  for (const [name, schema] of Object.entries(schemas)) expect(schema, name).not.toHaveProperty("$ref");
  const references = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  expect(references.length).toBeGreaterThan(0);
  for (const name of references) expect(schemas).toHaveProperty(String(name));
  expect(text).not.toContain("$defs");
});
