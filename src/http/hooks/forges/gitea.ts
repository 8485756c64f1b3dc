import { randomUUID } from "node:crypto";
import { bearerToken } from "../../guard/secret.js";
import { textAt, valueAt } from "../../web/json.js";
import { moved, nothing } from "../../delivery/event.js";
import { partsOf } from "../../delivery/guide.js";
import { formBytes, formType } from "../../delivery/form.js";
import { headerOf } from "../../delivery/header.js";
import { hintOf, tagFrom } from "../../delivery/image.js";
import type { HookEvent, Sender } from "../../delivery/sender.js";
import { signedBy } from "../../delivery/signed.js";
import { hostOf } from "../../delivery/url.js";
import { pushIn } from "./push.js";

/**
 * Gitea and Forgejo also send the headers of GitHub and of Gogs; only their own signature counts. In a form it is over the
 * JSON in it. Either can send a fixed `Authorization` instead.
 */
export const gitea: Sender = {
  type: "gitea",
  names: ["gitea", "forgejo"],
  signature: signedBy({ headers: ["x-forgejo-signature", "x-gitea-signature"], bytesOf: formBytes }),
  secret: bearerToken,
  media: [formType],
  jsonIn: formBytes,
  id: (req) => headerOf(req, "x-forgejo-delivery") ?? headerOf(req, "x-gitea-delivery"),
  read: (body, req) => {
    const event = headerOf(req, "x-forgejo-event") ?? headerOf(req, "x-gitea-event") ?? "push";
    if (event === "push") return pushIn(body);
    return event === "package" ? packageIn(body) : nothing("only pushes and packages count");
  },
  guide: {
    title: "Gitea and Forgejo",
    secret: "apart",
    steps: [
      "In the repository, the organisation or the instance, under Webhooks, add one of the type Gitea or Forgejo with this URL: {url}",
      "Content type application/json; as secret write: {secret}",
      "Choose pushes, and packages for images. Addresses of the LAN have to be in webhook.ALLOWED_HOST_LIST of its app.ini.",
    ],
  },
  sample: ({ image: { registry, repository: path, tag }, isPush, repository }) => {
    const [owner = "", ...name] = partsOf(path, 2);
    const item = { type: "container", owner: { login: owner }, name: name.join("/"), version: tag };
    return {
      body: isPush
        ? { repository: { clone_url: repository } }
        : { action: "created", package: { ...item, html_url: `https://${registry}/` } },
      headers: { "x-gitea-event": isPush ? "push" : "package", "x-gitea-delivery": randomUUID() },
    };
  },
};

/** A version is a tag or, for the parts of an image, a digest. The registry is the forge itself. */
function packageIn(body: unknown): HookEvent {
  const item = valueAt(body, "package");
  if (textAt(item, "type")?.toLowerCase() !== "container") return nothing("only packages of images count");
  if (textAt(body, "action") === "deleted") return nothing("something is gone, and nothing new is there");
  const tag = tagFrom(textAt(item, "version"));
  const owner = ["login", "username"].map((key) => textAt(item, "owner", key)).find((one) => one !== undefined);
  const name = textAt(item, "name");
  if (owner === undefined || name === undefined) return nothing("the delivery names no package");
  if (tag === undefined) return moved([]);
  const host = hostOf(textAt(item, "html_url") ?? textAt(body, "repository", "html_url"));
  return moved([hintOf({ host, repository: `${owner}/${name}`.toLowerCase(), tag })]);
}
