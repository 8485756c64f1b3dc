import { randomUUID } from "node:crypto";
import { textAt, valueAt } from "../../web/json.js";
import { moved, nothing } from "../../delivery/event.js";
import { headerOf } from "../../delivery/header.js";
import { hintOf, tagFrom } from "../../delivery/image.js";
import type { Sender } from "../../delivery/sender.js";
import { signedBy } from "../../delivery/signed.js";

/** Nexus signs with SHA-1, and knows nothing else. It says neither under which name nor at which port it is pulled from. */
export const nexus: Sender = {
  type: "nexus",
  secret: () => undefined,
  signature: signedBy({ headers: ["x-nexus-webhook-signature"], hash: "sha1" }),
  id: (req) => headerOf(req, "x-nexus-webhook-delivery"),
  read: (body) => {
    const component = valueAt(body, "component");
    if (component === undefined) return nothing("only components count");
    if (textAt(component, "format") !== "docker") return nothing("only components of the format docker count");
    if (!["CREATED", "UPDATED"].includes(textAt(body, "action") ?? "")) return nothing("only new components count");
    const repository = textAt(component, "name");
    const tag = tagFrom(textAt(component, "version"));
    if (repository === undefined) return nothing("the delivery names no component");
    return moved(tag === undefined ? [] : [hintOf({ repository, tag })]);
  },
  guide: {
    title: "Sonatype Nexus",
    secret: "apart",
    steps: [
      "Under System, Capabilities create a Webhook: Repository for the event component, with this URL: {url}",
      "As secret key write: {secret}",
      "Nexus does not name itself: a named receiver says with registry what services files call it.",
    ],
  },
  sample: ({ image: { repository, tag } }) => ({
    body: { action: "CREATED", component: { format: "docker", name: repository, version: tag } },
    headers: { "x-nexus-webhook-delivery": randomUUID() },
  }),
};
