import { sampleDigest } from "../../delivery/guide.js";
import { randomUUID } from "node:crypto";
import { textAt } from "../../web/json.js";
import { moved, nothing } from "../../delivery/event.js";
import { authorization, headerOf, showBasic } from "../../delivery/header.js";
import { hintOf, tagFrom } from "../../delivery/image.js";
import { Refusal } from "../../web/refusal.js";
import type { Sender } from "../../delivery/sender.js";
import { cloudEventsOf } from "../../delivery/cloud-events.js";

const imageUpdated = "zotregistry.image.updated";

/** Zot sends CloudEvents. It does not say under which name it is known: `registry` of a named receiver does. */
export const zot: Sender = {
  type: "zot",
  secret: authorization,
  id: (req) => headerOf(req, "ce-id"),
  read: (body, req) => {
    const [event] = cloudEventsOf(body, req);
    if (event?.type !== imageUpdated) return nothing("only updated images count");
    const repository = textAt(event.data, "name");
    if (repository === undefined) throw new Refusal(400, "name is missing");
    const tag = tagFrom(textAt(event.data, "reference"));
    return moved(tag === undefined ? [] : [hintOf({ repository, tag })]);
  },
  show: showBasic,
  guide: {
    title: "Zot",
    secret: "apart",
    steps: [
      "In Zot's configuration add, under extensions.events.sinks: {type: http, address: {url}, credentials: {username: fairlead, password: {secret}}}",
      "Zot does not name itself: a named receiver says with registry what services files call it.",
    ],
  },
  sample: ({ image: { repository, tag } }) => ({
    body: { name: repository, reference: tag, digest: sampleDigest },
    headers: { "ce-specversion": "1.0", "ce-id": randomUUID(), "ce-source": "fairlead", "ce-type": imageUpdated },
  }),
};
