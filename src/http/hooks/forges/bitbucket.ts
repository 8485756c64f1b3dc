import { randomUUID } from "node:crypto";
import type { Sender } from "../../delivery/sender.js";
import { textAt, valueAt } from "../../web/json.js";
import { basicPassword, headerOf } from "../../delivery/header.js";
import { itemsOf, nothing, ping, pushed, textsAt } from "../../delivery/event.js";
import { signedBy } from "../../delivery/signed.js";

/** Cloud and Data Center: the same signature, other words. Data Center can be told to show a password besides. */
export const bitbucket: Sender = {
  type: "bitbucket",
  signature: signedBy({ headers: ["x-hub-signature"], prefix: "sha256=" }),
  secret: basicPassword,
  id: (req) => headerOf(req, "x-request-uuid") ?? headerOf(req, "x-request-id"),
  read: (body, req) => {
    const event = headerOf(req, "x-event-key") ?? "";
    if (event === "diagnostics:ping" || valueAt(body, "test") === true) return ping;
    if (event !== "" && event !== "repo:push" && event !== "repo:refs_changed") return nothing("only pushes count");
    const urls = [
      textAt(body, "repository", "links", "html", "href"),
      ...textsAt(valueAt(body, "repository", "links", "clone"), "href"),
      ...textsAt(valueAt(body, "repository", "links", "self"), "href").map((url) => url.replace(/\/browse$/, "")),
    ];
    return pushed(urls, [...cloudRefs(body), ...textsAt(valueAt(body, "changes"), "ref", "id")]);
  },
  guide: {
    title: "Bitbucket, Cloud and Data Center",
    secret: "apart",
    steps: [
      "In the repository, under Webhooks, add one for repository pushes with this URL: {url}",
      "As secret write: {secret}",
    ],
  },
  sample: ({ repository }) => ({
    body: { push: { changes: [] }, repository: { links: { html: { href: repository } } } },
    headers: { "x-event-key": "repo:push", "x-request-uuid": randomUUID() },
  }),
};

/** What is deleted has no new state; what is made has no old one. */
function cloudRefs(body: unknown): readonly string[] {
  return itemsOf(valueAt(body, "push", "changes")).flatMap((change) => {
    const state = ["new", "old"].find((key) => textAt(change, key, "name") !== undefined);
    const name = state === undefined ? undefined : textAt(change, state, "name");
    if (state === undefined || name === undefined) return [];
    return [`refs/${textAt(change, state, "type") === "tag" ? "tags" : "heads"}/${name}`];
  });
}
