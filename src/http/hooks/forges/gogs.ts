import { randomUUID } from "node:crypto";
import type { Sender } from "../../delivery/sender.js";
import { nothing } from "../../delivery/event.js";
import { formBytes, formType } from "../../delivery/form.js";
import { headerOf } from "../../delivery/header.js";
import { pushIn } from "./push.js";
import { signedBy } from "../../delivery/signed.js";

/** Gogs signs the JSON, whichever way it is sent. */
export const gogs: Sender = {
  type: "gogs",
  signature: signedBy({ headers: ["x-gogs-signature"], bytesOf: formBytes }),
  secret: () => undefined,
  media: [formType],
  jsonIn: formBytes,
  id: (req) => headerOf(req, "x-gogs-delivery"),
  read: (body, req) =>
    (headerOf(req, "x-gogs-event") ?? "push") === "push" ? pushIn(body) : nothing("only pushes count"),
  guide: {
    title: "Gogs",
    secret: "apart",
    steps: [
      "In the repository, under Webhooks, add one of the type Gogs with this URL: {url}",
      "As secret write: {secret}",
    ],
  },
  sample: ({ repository }) => ({
    body: { repository: { clone_url: repository } },
    headers: { "x-gogs-event": "push", "x-gogs-delivery": randomUUID() },
  }),
};
