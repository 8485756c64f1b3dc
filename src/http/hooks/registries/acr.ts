import { textAt } from "../../web/json.js";
import { moved, nothing, ping } from "../../delivery/event.js";
import { authorization } from "../../delivery/header.js";
import { hintOf } from "../../delivery/image.js";
import type { HookEvent, Sender } from "../../delivery/sender.js";

/** Azure's registry by its own webhooks: it sends whatever content type and headers its operator has set. */
export const acr: Sender = {
  type: "acr",
  secret: authorization,
  media: ["*/*"],
  read: (body) => (textAt(body, "action") === "ping" ? ping : pushIn(body)),
};

/** What Event Grid has as its data is the same. */
export function pushIn(body: unknown): HookEvent {
  if (textAt(body, "action") !== "push") return nothing("only pushes of images count");
  const repository = textAt(body, "target", "repository");
  if (repository === undefined) return nothing("the delivery names no repository");
  const tag = textAt(body, "target", "tag");
  return moved(tag === undefined ? [] : [hintOf({ host: textAt(body, "request", "host"), repository, tag })]);
}
