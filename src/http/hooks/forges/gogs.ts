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
};
