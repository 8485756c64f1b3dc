import { sampleDigest } from "../../delivery/guide.js";
import { textAt, valueAt } from "../../web/json.js";
import { Refusal } from "../../web/refusal.js";
import { itemsOf, moved, nothing } from "../../delivery/event.js";
import { authorization, showBearer } from "../../delivery/header.js";
import { hintOf, hintsIn } from "../../delivery/image.js";
import type { Sender } from "../../delivery/sender.js";

/**
 * The CNCF's registry, in both of its formats. It sends a delivery again until it is a success, and nothing newer before: what
 * is odd in it is left out, and is no fault. Pulls do not count, or each look of ours would cause the next one.
 */
export const distribution: Sender = {
  type: "distribution",
  secret: authorization,
  read: (body) => {
    const events = itemsOf(valueAt(body, "events"));
    if (!Array.isArray(valueAt(body, "events"))) throw new Refusal(400, "events is missing");
    const pushed = events.filter((event) => isText(event, "action", /^push$/));
    if (pushed.length === 0) return nothing("only pushes count");
    const images = hintsIn(pushed, (event) => {
      const tag = textAt(event, "target", "tag");
      const repository = textAt(event, "target", "repository");
      // Blobs, and parts of images, have no tag.
      if (tag === undefined || repository === undefined) return undefined;
      return hintOf({ host: textAt(event, "request", "host"), repository, tag });
    });
    return moved(images);
  },
  show: showBearer,
  guide: {
    title: "CNCF Distribution (registry:2 and registry:3)",
    secret: "apart",
    steps: [
      "In the registry's config.yml add, under notifications.endpoints: {name: fairlead, url: {url}, headers: {Authorization: [Bearer {secret}]}, timeout: 1s, threshold: 5, backoff: 10s}",
      "Where the registry is known by another name than pushes use, a named receiver says so with registry.",
    ],
  },
  sample: ({ image: { registry, repository, tag } }) => ({
    body: {
      events: [
        {
          action: "push",
          target: { repository, tag, digest: sampleDigest },
          request: { host: registry, method: "PUT" },
        },
      ],
    },
    headers: { "content-type": "application/vnd.docker.distribution.events.v1+json" },
  }),
};

function isText(event: unknown, key: string, pattern: RegExp): boolean {
  const value = valueAt(event, key);
  return typeof value === "string" && pattern.test(value);
}
