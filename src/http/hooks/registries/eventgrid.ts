import { sampleDigest } from "../../delivery/guide.js";
import { randomUUID } from "node:crypto";
import { textAt, valueAt } from "../../web/json.js";
import { itemsOf, moved, nothing } from "../../delivery/event.js";
import { authorization } from "../../delivery/header.js";
import type { HookEvent, Sender } from "../../delivery/sender.js";
import { cloudEventsOf, isCloudEvent, welcomed } from "../../delivery/cloud-events.js";
import { pushIn } from "./acr.js";

const imagePushed = "Microsoft.ContainerRegistry.ImagePushed";

/**
 * Azure's registry by Event Grid, in its own schema or as CloudEvents. Before it sends anything it wants an answer: its code,
 * or a header to OPTIONS. The URL that it offers for the same is never asked.
 */
export const eventgrid: Sender = {
  type: "eventgrid",
  secret: authorization,
  welcome: welcomed,
  read: (body, req) => {
    if (isCloudEvent(body, req)) return joined(cloudEventsOf(body, req).map(({ type, data }) => imageOf(type, data)));
    const events = Array.isArray(body) ? itemsOf(body) : [body];
    const code = events
      .filter((event) => textAt(event, "eventType") === "Microsoft.EventGrid.SubscriptionValidationEvent")
      .map((event) => textAt(event, "data", "validationCode"))
      .find((one) => one !== undefined);
    if (code !== undefined) {
      return {
        ...nothing("Event Grid asked whether it may send, and got its answer"),
        answer: { validationResponse: code },
      };
    }
    return joined(events.map((event) => imageOf(textAt(event, "eventType"), valueAt(event, "data"))));
  },
  guide: {
    title: "Azure Event Grid",
    secret: "in the address",
    steps: [
      "In the registry, under Events, add a subscription to Container Image Pushed with the endpoint type Web Hook: {url}",
      "Either schema will do, its own or CloudEvents; its question whether it may send is answered by itself.",
    ],
  },
  sample: ({ image: { registry, repository, tag } }) => ({
    body: [
      {
        ...{ id: randomUUID(), eventType: imagePushed, subject: `${repository}:${tag}` },
        data: { action: "push", target: { repository, tag, digest: sampleDigest }, request: { host: registry } },
      },
    ],
  }),
};

function imageOf(type: string | undefined, data: unknown): HookEvent {
  return type === imagePushed ? pushIn(data) : nothing("only pushes of images count");
}

function joined(events: readonly HookEvent[]): HookEvent {
  return moved(
    events.flatMap(({ images }) => images),
    events.find(({ reason }) => reason !== undefined)?.reason,
  );
}
