import { sampleDigest } from "../../delivery/guide.js";
import { randomUUID } from "node:crypto";
import { textAt, valueAt } from "../../web/json.js";
import { moved, nothing, ping } from "../../delivery/event.js";
import { formBytes, formType } from "../../delivery/form.js";
import { headerOf } from "../../delivery/header.js";
import { hintOf, tagFrom } from "../../delivery/image.js";
import type { HookEvent, Sender } from "../../delivery/sender.js";
import { signedBy } from "../../delivery/signed.js";
import { pushIn } from "./push.js";

/** GitHub signs the body as it is sent, JSON or form. The older signature by SHA-1 does not count. */
export const github: Sender = {
  type: "github",
  signature: signedBy({ headers: ["x-hub-signature-256"], prefix: "sha256=" }),
  secret: () => undefined,
  media: [formType],
  jsonIn: formBytes,
  id: (req) => headerOf(req, "x-github-delivery"),
  read: (body, req) => {
    const event = headerOf(req, "x-github-event") ?? "push";
    if (event === "push") return pushIn(body);
    if (event === "package" || event === "registry_package") return packageIn(valueAt(body, event));
    return event === "ping" ? ping : nothing("only pushes and packages count");
  },
  guide: {
    title: "GitHub: packages and repositories",
    secret: "apart",
    steps: [
      "In the repository or the organisation, under Settings, Webhooks, add one with this payload URL: {url}",
      "Content type application/json; as secret write: {secret}",
      "Choose the events Packages and Registry packages for images, and Pushes for services files. A package has to be linked to a repository for its own hook; that of the organisation tells of all.",
    ],
  },
  sample: ({ image: { registry, repository: name, tag }, isPush, repository }) => {
    const version = {
      package_url: `${registry}/${name}:${tag}`,
      container_metadata: { tag: { name: tag, digest: sampleDigest } },
    };
    return {
      body: isPush
        ? { repository: { clone_url: repository } }
        : { action: "published", registry_package: { package_type: "CONTAINER", package_version: version } },
      headers: { "x-github-event": isPush ? "push" : "registry_package", "x-github-delivery": randomUUID() },
    };
  },
};

const defaultHost = "ghcr.io";

/**
 * `package_type` is not always kept up, but then `ecosystem` is. The version's own name is a digest, and the digest beside the
 * tag is not reliable: the tag is all that counts. Parts of an image for several platforms come with an empty tag.
 */
function packageIn(item: unknown): HookEvent {
  const kinds = [textAt(item, "package_type"), textAt(item, "ecosystem")].map((kind) => kind?.toLowerCase());
  if (!kinds.some((kind) => kind === "container" || kind === "docker")) return nothing("only packages of images count");
  const tag = tagFrom(textAt(item, "package_version", "container_metadata", "tag", "name"));
  if (tag === undefined) return moved([]);
  // The URL ends in `:` where it should have a tag.
  const url = textAt(item, "package_version", "package_url")
    ?.replace(/(?::[^/]*|@.*)$/, "")
    .toLowerCase();
  const [, host, repository] = /^([^/]+)\/(.+)$/.exec(url ?? "") ?? [];
  if (host !== undefined && repository !== undefined) return moved([hintOf({ host, repository, tag })]);
  const owner = textAt(item, "namespace") ?? textAt(item, "owner", "login");
  const name = textAt(item, "name");
  if (owner === undefined || name === undefined) return nothing("the delivery names no package");
  return moved([hintOf({ host: defaultHost, repository: `${owner}/${name}`.toLowerCase(), tag })]);
}
