import type { ImageReference } from "../../compose/values/image.js";
import { dockerHub } from "../../compose/values/registry-name.js";
import { textAt } from "../web/json.js";
import { Refusal } from "../web/refusal.js";
import { imageFrom, type Sender } from "../delivery/sender.js";

/**
 * Docker Hub signs nothing and can send no header: its secret is in the URL. Of its body only the repository and the tag
 * count; `callback_url` is the caller's word and is never called.
 */
export const dockerhub: Sender = {
  type: "dockerhub",
  secret: (req) => {
    const { apikey } = req.query;
    return typeof apikey === "string" ? apikey : undefined;
  },
  read: (body) => ({ images: [pushedImage(body)], services: [] }),
};

/** Always on docker.io, whatever the name looks like; without a tag, any tag of the repository. */
function pushedImage(body: unknown): ImageReference {
  const name = repositoryName(body);
  const tag = textAt(body, "push_data", "tag");
  // A tag or a digest inside the name would be taken for the push's own.
  if (/[:@]/.test(name)) throw new Refusal(400, "repository.repo_name must be a repository without tag or digest");
  if (tag?.includes("@") === true) throw new Refusal(400, "push_data.tag is not a tag");
  const image = imageFrom(`${dockerHub}/${name}${tag === undefined ? "" : `:${tag}`}`);
  return { ...image, tag };
}

function repositoryName(body: unknown): string {
  const full = textAt(body, "repository", "repo_name");
  if (full !== undefined) return full;
  const name = textAt(body, "repository", "name");
  const namespace = textAt(body, "repository", "namespace");
  if (name === undefined) {
    throw new Refusal(
      400,
      "repository.repo_name is missing",
      "this URL takes Docker Hub's webhooks; see /hooks/generic",
    );
  }
  return namespace === undefined ? name : `${namespace}/${name}`;
}
