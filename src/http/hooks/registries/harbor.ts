import { sampleDigest } from "../../delivery/guide.js";
import { textAt, valueAt } from "../../web/json.js";
import { itemsOf, moved, nothing } from "../../delivery/event.js";
import { headerOf, showIn } from "../../delivery/header.js";
import { hintOf, hintsIn, tagFrom } from "../../delivery/image.js";
import type { Sender } from "../../delivery/sender.js";

/** Its own format before and since 2.0, and CloudEvents, whose data is the same. */
const pushes: ReadonlySet<string> = new Set(["pushImage", "PUSH_ARTIFACT", "harbor.artifact.pushed"]);

/** Harbor sends an `Authorization` header word for word as it was configured: all of it is the secret. */
export const harbor: Sender = {
  type: "harbor",
  secret: (req) => headerOf(req, "authorization"),
  read: (body) => {
    const type = textAt(body, "type") ?? "";
    if (!pushes.has(type)) return nothing("only pushes of artifacts count");
    const data = valueAt(body, "event_data") ?? valueAt(body, "data");
    const named = textAt(data, "repository", "repo_full_name");
    const images = hintsIn(itemsOf(valueAt(data, "resources")), (resource) => {
      const tag = tagFrom(textAt(resource, "tag"));
      if (tag === undefined) return undefined;
      const [, host, path] = /^(?:https?:\/\/)?([^/]+)\/([^@]+?)(?::[^:/@]*)?(?:@.*)?$/.exec(urlOf(resource)) ?? [];
      const repository = path ?? named;
      return repository === undefined ? undefined : hintOf({ host, repository, tag });
    });
    return moved(images);
  },
  show: showIn("authorization"),
  guide: {
    title: "Harbor",
    secret: "apart",
    steps: [
      "In the project, under Webhooks, choose HTTP, the event Artifact pushed, and this URL: {url}",
      "As Auth Header write: {secret}",
    ],
  },
  sample: ({ image: { registry, repository, tag } }) => ({
    body: {
      type: "PUSH_ARTIFACT",
      event_data: {
        resources: [{ digest: sampleDigest, tag, resource_url: `${registry}/${repository}:${tag}` }],
        repository: { repo_full_name: repository },
      },
    },
  }),
};

function urlOf(resource: unknown): string {
  return textAt(resource, "resource_url") ?? "";
}
