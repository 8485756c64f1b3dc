import { z } from "zod";
import type { ServiceKey } from "../../../compose/model/service.js";
import type { Progress, Surface } from "../../../control/surface/surface.js";
import { plainJson } from "../../web/plain-json.js";
import { progress } from "../answers/progress.js";
import type { Backing } from "../declare/backing.js";
import { keysNamed, knownKey } from "../declare/call.js";
import { own, type OwnCall } from "../declare/kinds.js";
import { usually } from "../declare/refusals.js";
import { type Query, services } from "../declare/parameters.js";

const stream = "text/event-stream";
/** Proxies end what is silent for a minute. */
const beat = { text: ":\n\n", everyMs: 20_000 };

const answersOf = (schema: z.ZodType) => ({
  200: {
    description:
      "As of now; or where that is accepted Server-Sent Events named `rollout`, each with a whole Progress, whenever there is news",
    media: { "application/json": schema, [stream]: z.string() },
  },
});
const refusals = { ...usually(404), 503: "Too many streams are open" };

/** What is being done, as of now or as it goes on. */
export const progresses = [
  own({
    path: "/api/v1/services/{project}/{service}/rollout",
    summary: "What is being done for the service, or was done last ([below](#progress))",
    query: {},
    answers: answersOf(progress),
    refusals,
    handle: async (backing, call) => {
      const key = knownKey(backing.surface, call.part("project"), call.part("service"));
      await answer(backing, call, [key], (surface) => surface.progress(key));
    },
  }),
  own({
    path: "/api/v1/rollouts",
    summary: "The same of several services, or of all",
    query: { service: services() },
    answers: answersOf(z.object({ rollouts: z.array(progress) })),
    refusals,
    handle: async (backing, call) => {
      const keys = keysNamed(backing.surface, call.query.service);
      await answer(backing, call, keys, (surface) => ({
        rollouts: (keys === "all" ? allOf(surface) : keys).map((key) => surface.progress(key)),
      }));
    },
  }),
];

async function answer<Q extends Query>(
  { surface, streams }: Backing,
  { req, res }: OwnCall<Q>,
  keys: readonly ServiceKey[] | "all",
  now: (surface: Surface) => object,
): Promise<void> {
  res.vary("Accept");
  if (req.accepts(["application/json", stream]) !== stream) {
    res.json(now(surface));
    return;
  }
  const open = (signal: AbortSignal) => Promise.resolve(messages(surface.progresses(keys, signal)));
  await streams.answer(res, stream, open, beat);
}

function allOf(surface: Surface): readonly ServiceKey[] {
  return surface.services().map(({ project, service }): ServiceKey => `${project}/${service}`);
}

async function* messages(all: AsyncIterable<Progress>): AsyncGenerator<string> {
  for await (const one of all) yield `event: rollout\ndata: ${plainJson(one)}\n\n`;
}
