/*
 * Registries live here, one file for each: how one says that the tag of an image has moved. Whether it has is the registry's
 * own answer to say, later, to somebody else.
 */

import { dockerHub } from "../../../compose/values/registry-name.js";
import { textAt } from "../../web/json.js";
import { Refusal } from "../../web/refusal.js";
import { moved } from "../../delivery/event.js";
import { hintOf } from "../../delivery/image.js";
import type { Sender } from "../../delivery/sender.js";

/**
 * Docker Hub signs nothing and can send no header: its secret is in the URL. Of its body only the repository and the tag
 * count; `callback_url` is the caller's word and is never called. The repository is always on docker.io, whatever its name
 * looks like; without a tag, any of its tags is meant.
 */
export const dockerhub: Sender = {
  type: "dockerhub",
  secret: (req) => {
    const { apikey } = req.query;
    return typeof apikey === "string" ? apikey : undefined;
  },
  read: (body) => {
    const tag = textAt(body, "push_data", "tag");
    return moved([hintOf({ host: dockerHub, repository: repositoryName(body), tag })]);
  },
  guide: {
    title: "Docker Hub",
    secret: "in the address",
    steps: [
      "On the repository, under Webhooks, give it a name and this URL: {url}",
      "It tells of every push to the repository; each repository needs a webhook of its own.",
    ],
  },
  sample: ({ image: { repository, tag } }) => ({
    body: { push_data: { pushed_at: 0, tag }, repository: { repo_name: repository } },
  }),
};

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
