import { textAt, valueAt } from "../../web/json.js";
import { Refusal } from "../../web/refusal.js";
import { itemsOf, moved } from "../../delivery/event.js";
import { hintFrom, hintsIn } from "../../delivery/image.js";
import type { Sender } from "../../delivery/sender.js";

/** Quay signs nothing. Its test button sends a push that looks like a real one, of the tags `latest` and `foo`. */
export const quay: Sender = {
  type: "quay",
  secret: () => undefined,
  read: (body) => {
    const name = textAt(body, "docker_url");
    if (name === undefined) throw new Refusal(400, "docker_url is missing", "this URL takes Quay's repository pushes");
    const repository = { ...hintFrom(name), tag: undefined };
    const images = hintsIn(tagsOf(valueAt(body, "updated_tags")), (tag) => {
      if (typeof tag !== "string") throw new Refusal(400, "updated_tags must be a list of tags");
      return hintFrom(`${name}:${tag}`);
    });
    return moved(images.length === 0 ? [repository] : images);
  },
  guide: {
    title: "Quay",
    secret: "in the address",
    steps: [
      "In the repository, under Settings, create a notification: Push to Repository, Webhook POST, and this URL: {url}",
      "Its test button sends a push of latest that looks real.",
    ],
  },
  sample: ({ image: { registry, repository, tag } }) => ({
    body: { repository, docker_url: `${registry}/${repository}`, updated_tags: [tag] },
  }),
};

/** A list; formerly a map from tags to images. */
function tagsOf(tags: unknown): readonly unknown[] {
  const isMap = typeof tags === "object" && tags !== null && !Array.isArray(tags);
  return itemsOf(isMap ? Object.keys(tags) : tags);
}
