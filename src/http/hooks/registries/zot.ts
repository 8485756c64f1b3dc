import { textAt } from "../../web/json.js";
import { moved, nothing } from "../../delivery/event.js";
import { authorization, headerOf } from "../../delivery/header.js";
import { hintOf, tagFrom } from "../../delivery/image.js";
import { Refusal } from "../../web/refusal.js";
import type { Sender } from "../../delivery/sender.js";
import { cloudEventsOf } from "../../delivery/cloud-events.js";

/** Zot sends CloudEvents. It does not say under which name it is known: `registry` of a named receiver does. */
export const zot: Sender = {
  type: "zot",
  secret: authorization,
  id: (req) => headerOf(req, "ce-id"),
  read: (body, req) => {
    const [event] = cloudEventsOf(body, req);
    if (event?.type !== "zotregistry.image.updated") return nothing("only updated images count");
    const repository = textAt(event.data, "name");
    if (repository === undefined) throw new Refusal(400, "name is missing");
    const tag = tagFrom(textAt(event.data, "reference"));
    return moved(tag === undefined ? [] : [hintOf({ repository, tag })]);
  },
};
