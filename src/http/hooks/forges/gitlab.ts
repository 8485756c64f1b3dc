import { randomUUID } from "node:crypto";
import { textAt } from "../../web/json.js";
import { nothing, pushed } from "../../delivery/event.js";
import { headerOf, showIn } from "../../delivery/header.js";
import type { Sender } from "../../delivery/sender.js";
import { standardSignature } from "../../delivery/standard.js";

const urlKeys = ["git_http_url", "git_ssh_url", "http_url", "ssh_url", "web_url"] as const;

/**
 * GitLab shows a token, or signs as Standard Webhooks does it. Where there is a signature the token does not count: whoever
 * has overheard it cannot leave the signature out and fall back on it. It tells of no image: a pipeline has to, by `generic`.
 */
export const gitlab: Sender = {
  type: "gitlab",
  secret: (req) => (req.headers["webhook-signature"] === undefined ? headerOf(req, "x-gitlab-token") : undefined),
  signature: standardSignature,
  id: (req) => headerOf(req, "webhook-id") ?? headerOf(req, "idempotency-key"),
  read: (body) => {
    const kind = textAt(body, "object_kind") ?? textAt(body, "event_name") ?? "push";
    if (!["push", "tag_push", "repository_update"].includes(kind)) return nothing("only pushes count");
    const ref = textAt(body, "ref");
    const urls = [
      ...urlKeys.map((key) => textAt(body, "project", key)),
      ...["git_http_url", "git_ssh_url", "homepage"].map((key) => textAt(body, "repository", key)),
    ];
    return pushed(urls, ref === undefined ? [] : [ref]);
  },
  show: showIn("x-gitlab-token"),
  guide: {
    title: "GitLab",
    secret: "apart",
    steps: [
      "In the project, under Settings, Webhooks, add one for push events with this URL: {url}",
      "As secret token write: {secret}",
      "For images of its registry let the pipeline call the type generic: no webhook tells of them.",
    ],
  },
  sample: ({ repository }) => ({
    body: { object_kind: "push", project: { git_http_url: repository } },
    headers: { "idempotency-key": randomUUID() },
  }),
};
