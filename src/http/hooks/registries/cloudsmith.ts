import { partsOf } from "../../delivery/guide.js";
import { textAt, valueAt } from "../../web/json.js";
import { itemsOf, moved, nothing, ping } from "../../delivery/event.js";
import { formBytes, formType } from "../../delivery/form.js";
import { authorization } from "../../delivery/header.js";
import { hintOf, hintsIn } from "../../delivery/image.js";
import type { HookEvent, Sender } from "../../delivery/sender.js";
import { signedBy } from "../../delivery/signed.js";

const host = "docker.cloudsmith.io";
const events: ReadonlySet<string> = new Set(["package.synced", "package.tags_updated"]);

/** Cloudsmith signs with SHA-1, or shows a fixed header; as an object, as a list of one, or in a form. */
export const cloudsmith: Sender = {
  type: "cloudsmith",
  secret: authorization,
  signature: signedBy({ headers: ["x-cloudsmith-signature"], hash: "sha1" }),
  media: [formType],
  jsonIn: formBytes,
  read: (body) => {
    const all = (Array.isArray(body) ? itemsOf(body) : [body]).map(eventIn);
    return moved(
      all.flatMap(({ images }) => images),
      all.find(({ reason }) => reason !== undefined)?.reason,
    );
  },
  guide: {
    title: "Cloudsmith",
    secret: "apart",
    steps: [
      "In the repository, under Webhooks, create one for Package Synchronised and Tags Updated, with this URL: {url}",
      "As signature key write: {secret}",
    ],
  },
  sample: ({ image: { repository, tag } }) => {
    const [namespace = "", folder = "", ...name] = partsOf(repository, 3);
    const data = { format: "docker", namespace, repository: folder, name: name.join("/"), tags: { version: [tag] } };
    return { body: { meta: { event_id: "package.synced" }, data } };
  },
};

/** An image has a digest for its version; its tags stand apart. */
function eventIn(body: unknown): HookEvent {
  const event = textAt(body, "meta", "event_id") ?? "";
  if (event.endsWith("ping")) return ping;
  if (!events.has(event)) return nothing("only packages that have been synchronised count");
  const data = valueAt(body, "data");
  if (textAt(data, "format") !== "docker") return nothing("only packages of the format docker count");
  const [owner, folder, name] = ["namespace", "repository", "name"].map((key) => textAt(data, key));
  if (owner === undefined || folder === undefined || name === undefined)
    return nothing("the delivery names no package");
  const repository = `${owner}/${folder}/${name}`.toLowerCase();
  const tags = itemsOf(valueAt(data, "tags", "version"));
  return moved(hintsIn(tags, (tag) => (typeof tag === "string" ? hintOf({ host, repository, tag }) : undefined)));
}
