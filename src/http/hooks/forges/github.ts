import type { Sender } from "../../delivery/sender.js";
import { headerOf, nothing } from "./delivery.js";
import { formBytes } from "./form.js";
import { pushIn } from "./push.js";
import { signedBy } from "./signed.js";

/** GitHub signs the body as it is sent, JSON or form. The older signature by SHA-1 does not count. */
export const github: Sender = {
  type: "github",
  signature: signedBy(["x-hub-signature-256"], "sha256="),
  secret: () => undefined,
  form: true,
  jsonIn: formBytes,
  read: (body, req) => {
    const event = headerOf(req, "x-github-event") ?? "push";
    return event === "push" ? pushIn(body) : nothing(event === "ping" ? "a ping: the hook works" : "only pushes count");
  },
};
