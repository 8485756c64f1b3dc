import { bearerToken } from "../../guard/secret.js";
import { textAt, valueAt } from "../../web/json.js";
import type { Sender } from "../../delivery/sender.js";
import { nothing, pushed, textsAt } from "../../delivery/event.js";
import { basicPassword } from "../../delivery/header.js";

/** Azure DevOps signs nothing: its service hooks show a password, or a header of one's own. */
export const azureDevops: Sender = {
  type: "azure-devops",
  secret: (req) => basicPassword(req) ?? bearerToken(req),
  read: (body) => {
    if ((textAt(body, "eventType") ?? "git.push") !== "git.push") return nothing("only pushes count");
    const urls = ["remoteUrl", "sshUrl", "webUrl"].map((key) => textAt(body, "resource", "repository", key));
    return pushed(urls, textsAt(valueAt(body, "resource", "refUpdates"), "name"));
  },
};
