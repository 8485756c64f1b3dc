import { sampleDigest } from "../../delivery/guide.js";
import { textAt } from "../../web/json.js";
import { Refusal } from "../../web/refusal.js";
import { moved } from "../../delivery/event.js";
import { hintOf } from "../../delivery/image.js";
import type { Sender } from "../../delivery/sender.js";

/** Alibaba's registry: much like Docker Hub, but it does not say which of its hosts it is. */
export const aliyun: Sender = {
  type: "aliyun",
  secret: () => undefined,
  read: (body) => {
    const repository = textAt(body, "repository", "repo_full_name");
    if (repository === undefined) throw new Refusal(400, "repository.repo_full_name is missing");
    return moved([hintOf({ repository, tag: textAt(body, "push_data", "tag") })]);
  },
  guide: {
    title: "Alibaba Cloud Container Registry",
    secret: "in the address",
    steps: [
      "In the repository, under Triggers, create one with this URL: {url}",
      "It does not say which registry it is: a named receiver says with registry what services files call it.",
    ],
  },
  sample: ({ image: { repository, tag } }) => ({
    body: { push_data: { tag, digest: sampleDigest }, repository: { repo_full_name: repository } },
  }),
};
