import { shorten } from "../../../plan/steps/render.js";
import { addressOf } from "../../client/api.js";
import { fetchServices, type Shape } from "../../shared/admin.js";
import type { Admin } from "../../shared/admin.js";
import { meaning } from "../../shared/chosen.js";
import { harmless } from "../../shared/harmless.js";
import { streamText } from "../../shared/stream.js";
import type { Wiring } from "../../shared/wiring.js";

type Event = Shape<"Event">;

export interface EventsFlags {
  readonly since?: string;
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** What a running controller did and why, oldest first: of the services that are named, or of everything. */
export async function events(
  wiring: Wiring,
  admin: Admin,
  names: readonly string[],
  flags: EventsFlags,
): Promise<0 | 1> {
  const { since, follow = false, json = false } = flags;
  const isMeant = names.length === 0 ? () => true : meaning(await fetchServices(admin), names);
  const objects = streamText(admin, addressOf("/api/v1/events", { query: { follow, since } }), "application/x-ndjson");
  const isWanted = await wiring.pour(lines(json ? objects : harmless(objects), isMeant, json ? asIs : rowOf));
  if (!follow || !isWanted) return 0;
  wiring.complain("fairlead: the controller has stopped");
  return 1;
}

async function* lines(
  chunks: AsyncIterable<string>,
  isMeant: (event: Event) => boolean,
  form: (event: Event, line: string) => string,
): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const [last = "", ...whole] = (rest + chunk).split("\n").reverse();
    rest = last;
    for (const line of whole.reverse()) {
      if (line === "") continue;
      const event = JSON.parse(line) as Event;
      if (isMeant(event)) yield form(event, line);
    }
  }
}

function asIs(_event: Event, line: string): string {
  return `${line}\n`;
}

function rowOf({ at, project, service, type, reason, message }: Event): string {
  const whose = [project, service].filter((part) => part !== undefined).join("/");
  return `${at}  ${whose === "" ? "-" : whose}  ${type} ${reason}: ${shorten(message)}\n`;
}
