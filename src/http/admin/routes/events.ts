import { z } from "zod";
import type { Event } from "../../../control/journal/event.js";
import { plainJson } from "../../web/plain-json.js";
import { event } from "../answers/controller.js";
import { own } from "../declare/kinds.js";
import { decided, since } from "../declare/parameters.js";

const objects = "application/x-ndjson";
const messages = "text/event-stream";
/** Proxies end what is silent for a minute. */
const beat = { text: ":\n\n", everyMs: 20_000 };

export const events = [
  own({
    path: "/api/v1/events",
    summary: "What was done and why, oldest first, then as it happens ([below](#events))",
    query: {
      since: since("A time in ISO 8601, or how long ago: `10m`; default all that is kept"),
      follow: decided("`false`: the answer ends with what is kept; default `true`"),
    },
    headers: { "Last-Event-ID": "What a client that comes again saw last" },
    answers: {
      200: {
        description: "Server-Sent Events, or where it is accepted one JSON object a line",
        media: { [messages]: z.string(), [objects]: event },
      },
    },
    refusals: { 503: "Too many streams are open" },
    handle: async ({ surface, streams }, { query, req, res }) => {
      const after = req.get("last-event-id");
      const wish = {
        follow: query.follow ?? true,
        since: query.since,
        ...(after === undefined || !/^\d{1,15}-\d{1,9}$/.test(after) ? {} : { after }),
      };
      const isData = req.accepts([messages, objects]) === objects;
      await streams.answer(
        res,
        isData ? objects : messages,
        (signal) => Promise.resolve(written(surface.events(wish, signal), isData ? objectOf : messageOf)),
        isData ? undefined : beat,
      );
    },
  }),
];

async function* written(kept: AsyncIterable<Event>, write: (event: Event) => string): AsyncGenerator<string> {
  for await (const one of kept) yield write(one);
}

function objectOf(one: Event): string {
  return `${plainJson(one)}\n`;
}

function messageOf(one: Event): string {
  return `id: ${one.id}\nevent: ${one.type}\ndata: ${plainJson(one)}\n\n`;
}
