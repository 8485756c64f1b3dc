import type { Express } from "express";
import type { Event } from "../../control/journal/event.js";
import type { EventWish } from "../../control/journal/events.js";
import type { Surface } from "../../control/surface/surface.js";
import { allowOnly } from "../web/methods.js";
import { plainJson } from "../web/plain-json.js";
import { queryFlag, querySince } from "../web/query.js";
import type { Streams } from "./streams.js";

const objects = "application/x-ndjson";
/** Proxies end what is silent for a minute. */
const beat = { text: ":\n\n", everyMs: 20_000 };

/** What Fairlead did and why, as Server-Sent Events. */
export function eventRoutes(app: Express, surface: Surface, streams: Streams): void {
  app
    .route("/api/v1/events")
    .get(async (req, res) => {
      const after = req.get("last-event-id");
      const wish: EventWish = {
        follow: req.query["follow"] === undefined || queryFlag(req, "follow"),
        since: querySince(req, Date.now()),
        ...(after === undefined || !/^\d{1,15}-\d{1,9}$/.test(after) ? {} : { after }),
      };
      const isData = req.accepts(["text/event-stream", objects]) === objects;
      await streams.answer(
        res,
        isData ? objects : "text/event-stream",
        (signal) => Promise.resolve(written(surface.events(wish, signal), isData ? objectOf : messageOf)),
        isData ? undefined : beat,
      );
    })
    .all(allowOnly("GET"));
}

async function* written(events: AsyncIterable<Event>, write: (event: Event) => string): AsyncGenerator<string> {
  for await (const event of events) yield write(event);
}

function objectOf(event: Event): string {
  return `${plainJson(event)}\n`;
}

function messageOf(event: Event): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${plainJson(event)}\n\n`;
}
