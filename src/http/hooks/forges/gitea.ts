import { bearerToken } from "../../guard/secret.js";
import type { Sender } from "../../delivery/sender.js";
import { headerOf, nothing } from "./delivery.js";
import { formBytes } from "./form.js";
import { pushIn } from "./push.js";
import { signedBy } from "./signed.js";

/**
 * Gitea and Forgejo also send the headers of GitHub and of Gogs; only their own signature counts. In a form it is over the
 * JSON in it. Either can send a fixed `Authorization` instead.
 */
export const giteas: readonly Sender[] = (["gitea", "forgejo"] as const).map((name) => ({
  type: "gitea",
  path: `/hooks/${name}`,
  signature: signedBy(["x-forgejo-signature", "x-gitea-signature"], "", formBytes),
  secret: bearerToken,
  form: true,
  jsonIn: formBytes,
  read: (body, req) => {
    const event = headerOf(req, "x-forgejo-event") ?? headerOf(req, "x-gitea-event") ?? "push";
    return event === "push" ? pushIn(body) : nothing("only pushes count");
  },
}));
