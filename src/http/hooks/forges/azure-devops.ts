import { bearerToken } from "../../guard/secret.js";
import { textAt, valueAt } from "../../web/json.js";
import type { Sender } from "../../delivery/sender.js";
import { nothing, pushed, textsAt } from "../../delivery/event.js";
import { basicPassword, showBasic } from "../../delivery/header.js";

/** Azure DevOps signs nothing: its service hooks show a password, or a header of one's own. */
export const azureDevops: Sender = {
  type: "azure-devops",
  secret: (req) => basicPassword(req) ?? bearerToken(req),
  read: (body) => {
    if ((textAt(body, "eventType") ?? "git.push") !== "git.push") return nothing("only pushes count");
    const urls = ["remoteUrl", "sshUrl", "webUrl"].map((key) => textAt(body, "resource", "repository", key));
    return pushed(urls, textsAt(valueAt(body, "resource", "refUpdates"), "name"));
  },
  show: showBasic,
  guide: {
    title: "Azure DevOps",
    secret: "apart",
    steps: [
      "In the project, under Service hooks, create a Web Hooks subscription for Code pushed with this URL: {url}",
      "Any user name; as basic authentication password write: {secret}",
    ],
  },
  sample: ({ repository }) => ({
    body: { eventType: "git.push", resource: { repository: { remoteUrl: repository } } },
  }),
};
