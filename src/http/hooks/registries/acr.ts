import { sampleDigest } from "../../delivery/guide.js";
import { textAt } from "../../web/json.js";
import { moved, nothing, ping } from "../../delivery/event.js";
import { authorization, showBearer } from "../../delivery/header.js";
import { hintOf } from "../../delivery/image.js";
import type { HookEvent, Sender } from "../../delivery/sender.js";

/** Azure's registry by its own webhooks: it sends whatever content type and headers its operator has set. */
export const acr: Sender = {
  type: "acr",
  secret: authorization,
  media: ["*/*"],
  read: (body) => (textAt(body, "action") === "ping" ? ping : pushIn(body)),
  show: showBearer,
  guide: {
    title: "Azure Container Registry",
    secret: "apart",
    steps: [
      "In the registry, under Webhooks, add one with the action push and this service URI: {url}",
      "As custom header write: Authorization: Bearer {secret}",
    ],
  },
  sample: ({ image: { registry, repository, tag } }) => ({
    body: { action: "push", target: { repository, tag, digest: sampleDigest }, request: { host: registry } },
  }),
};

/** What Event Grid has as its data is the same. */
export function pushIn(body: unknown): HookEvent {
  if (textAt(body, "action") !== "push") return nothing("only pushes of images count");
  const repository = textAt(body, "target", "repository");
  if (repository === undefined) return nothing("the delivery names no repository");
  const tag = textAt(body, "target", "tag");
  return moved(tag === undefined ? [] : [hintOf({ host: textAt(body, "request", "host"), repository, tag })]);
}
