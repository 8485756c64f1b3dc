import { logEntry } from "../answers/look.js";
import type { LogWish } from "../../../control/surface/surface.js";
import type { Backing } from "../declare/backing.js";
import { keysNamed, knownKey } from "../declare/call.js";
import { own, type OwnCall } from "../declare/kinds.js";
import { usually } from "../declare/refusals.js";
import { flag, lines, services, since } from "../declare/parameters.js";
import { z } from "zod";
import { logObjects, logText } from "./log-text.js";

const objects = "application/x-ndjson";

const wishes = {
  follow: flag("The answer goes on, over restarts and rollouts, until the client ends it"),
  tail: lines("So many lines from the end of each container's log; default `all`"),
  since: since("A time in ISO 8601, or how long ago: `10m`"),
  timestamps: flag("Of text, each line with its time"),
  "no-prefix": flag("Of text, never a container's name before its lines"),
};

const answers = {
  200: {
    description: "Text, or where it is accepted one JSON object a line, in order of time, then as they come",
    media: { "text/plain": z.string(), [objects]: logEntry },
  },
};

const refusals = { 503: "The engine cannot be reached, or too many streams are open" };

/** The logs of containers: of one service, or of those that are named, or of all. */
export const logs = [
  own({
    path: "/api/v1/services/{project}/{service}/logs",
    summary: "The log lines of the service's containers ([below](#logs))",
    query: wishes,
    answers,
    refusals: { ...usually(404), ...refusals },
    handle: (backing, call) =>
      answer(backing, call, [knownKey(backing.surface, call.part("project"), call.part("service"))]),
  }),
  own({
    path: "/api/v1/logs",
    summary: "The log lines of the containers of several services, or of all",
    query: { service: services(), ...wishes },
    answers,
    refusals: { ...usually(404), ...refusals },
    handle: (backing, call) => answer(backing, call, keysNamed(backing.surface, call.query.service)),
  }),
];

async function answer(
  { surface, streams }: Backing,
  { query, req, res }: OwnCall<typeof wishes>,
  of: LogWish["of"],
): Promise<void> {
  const { follow, tail, since: from, timestamps } = query;
  const isData = req.accepts(["text/plain", objects]) === objects;
  await streams.answer(res, isData ? objects : "text/plain; charset=utf-8", async (signal) => {
    const reading = await surface.logs({ of, follow, tail, since: from }, signal);
    return isData ? logObjects(reading) : logText(reading, { timestamps, prefix: !query["no-prefix"] });
  });
}
