import type { Sender } from "../../delivery/sender.js";
import { headerOf, nothing } from "./delivery.js";
import { formBytes } from "./form.js";
import { pushIn } from "./push.js";
import { signedBy } from "./signed.js";

/** Gogs signs the JSON, whichever way it is sent. */
export const gogs: Sender = {
  type: "gogs",
  signature: signedBy(["x-gogs-signature"], "", formBytes),
  secret: () => undefined,
  form: true,
  jsonIn: formBytes,
  read: (body, req) =>
    (headerOf(req, "x-gogs-event") ?? "push") === "push" ? pushIn(body) : nothing("only pushes count"),
};
