import { partsOf } from "../../delivery/guide.js";
import { textAt, valueAt } from "../../web/json.js";
import { moved, nothing, ping } from "../../delivery/event.js";
import { headerOf, showIn } from "../../delivery/header.js";
import { hintOf } from "../../delivery/image.js";
import type { Sender } from "../../delivery/sender.js";
import { signedBy } from "../../delivery/signed.js";
import { hostOf } from "../../delivery/url.js";

const header = "x-jfrog-event-auth";

/**
 * JFrog shows its secret, or an HMAC of the body under the same name, as it was set. What it names is the repository that was
 * pushed to; people often pull through another one: `alias` of a named receiver tells which.
 */
export const artifactory: Sender = {
  type: "artifactory",
  secret: (req) => headerOf(req, header),
  signature: signedBy({ headers: [header] }),
  read: (body) => {
    const data = valueAt(body, "data") ?? body;
    const name = textAt(data, "image_name");
    if (name?.startsWith("sample_") === true) return ping;
    const domain = textAt(body, "domain") ?? "docker";
    const event = textAt(body, "event_type") ?? textAt(data, "event_type");
    if (domain !== "docker" || event !== "pushed") return nothing("only pushes of images count");
    const tag = textAt(data, "tag");
    const key = textAt(data, "repo_key");
    const path = textAt(data, "path");
    if (key === undefined || tag === undefined) return nothing("the delivery names no image");
    // `acme/shop/1.2/manifest.json`, where `image_name` may lack the folders.
    const image = path?.endsWith("manifest.json") === true ? path.split("/").slice(0, -2).join("/") : name;
    if (image === undefined || image === "") return nothing("the delivery names no image");
    return moved([hintOf({ host: hostOf(textAt(body, "jpd_origin")), repository: `${key}/${image}`, tag })]);
  },
  show: showIn(header),
  guide: {
    title: "JFrog Artifactory",
    secret: "apart",
    steps: [
      "Under Webhooks create one for the event Docker tag was pushed, with this URL: {url}",
      "As secret token write: {secret} (with or without its use for signing the payload)",
      "Where people pull through another repository than is pushed to, a named receiver says so with alias.",
    ],
  },
  sample: ({ image: { registry, repository, tag } }) => {
    const [key = "", ...path] = partsOf(repository, 2);
    const image = path.join("/");
    return {
      body: {
        ...{ domain: "docker", event_type: "pushed", jpd_origin: `https://${registry}/` },
        data: { repo_key: key, image_name: image, path: `${image}/${tag}/manifest.json`, tag },
      },
    };
  },
};
