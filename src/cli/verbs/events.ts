import type { Event } from "../../control/journal/event.js";
import { shorten } from "../../plan/steps/render.js";
import type { Admin } from "../shared/admin.js";
import { harmless } from "../shared/harmless.js";
import { streamText } from "../shared/stream.js";
import type { Wiring } from "../shared/wiring.js";

export interface EventsFlags {
  readonly since?: string;
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** What a running controller did and why, oldest first. */
export async function events(wiring: Wiring, admin: Admin, flags: EventsFlags): Promise<0 | 1> {
  const { since, follow = false, json = false } = flags;
  const query = new URLSearchParams({ follow: String(follow) });
  if (since !== undefined) query.set("since", since);
  const objects = streamText(admin, `/api/v1/events?${query.toString()}`, "application/x-ndjson");
  const isWanted = await wiring.pour(json ? objects : rows(harmless(objects)));
  if (!follow || !isWanted) return 0;
  wiring.complain("fairlead: the controller has stopped");
  return 1;
}

/** Each chunk is whole lines. */
async function* rows(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    for (const line of chunk.split("\n")) if (line !== "") yield rowOf(JSON.parse(line) as Event);
  }
}

function rowOf({ at, project, service, type, reason, message }: Event): string {
  const whose = [project, service].filter((part) => part !== undefined).join("/");
  return `${at}  ${whose === "" ? "-" : whose}  ${type} ${reason}: ${shorten(message)}\n`;
}
