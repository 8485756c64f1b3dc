import { z } from "zod";
import { question } from "../declare/kinds.js";
import { openapi } from "../declare/openapi.js";
import type { Route } from "../declare/route.js";
import { events } from "./events.js";
import { logs } from "./logs.js";
import { orders } from "./orders.js";
import { others, probes } from "./probes.js";
import { progresses } from "./progress.js";
import { services } from "./services.js";
import { sources } from "./sources.js";
import { telling } from "./telling.js";

const document = question({
  path: "/api/v1/openapi.json",
  summary: "This API as an OpenAPI 3.1 document",
  answer: z.record(z.string(), z.unknown()),
  handle: ({ version }) => documentOf(version),
});

/** Every route of the admin app, in the order in which people read of them. */
export const routes: readonly Route[] = [
  ...probes,
  ...others,
  ...services,
  ...progresses,
  ...orders,
  ...logs,
  ...events,
  ...sources,
  ...telling,
  document,
];

export function documentOf(version: string): Readonly<Record<string, unknown>> {
  return openapi(routes, version);
}
