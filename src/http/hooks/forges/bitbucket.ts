import type { Sender } from "../../delivery/sender.js";
import { textAt, valueAt } from "../../web/json.js";
import { basicPassword } from "./basic.js";
import { headerOf, itemsOf, nothing, pushed, textsAt } from "./delivery.js";
import { signedBy } from "./signed.js";

/** Cloud and Data Center: the same signature, other words. Data Center can be told to show a password besides. */
export const bitbucket: Sender = {
  type: "bitbucket",
  signature: signedBy(["x-hub-signature"], "sha256="),
  secret: basicPassword,
  read: (body, req) => {
    const event = headerOf(req, "x-event-key") ?? "";
    if (event === "diagnostics:ping" || valueAt(body, "test") === true) return nothing("a ping: the hook works");
    if (event !== "" && event !== "repo:push" && event !== "repo:refs_changed") return nothing("only pushes count");
    const urls = [
      textAt(body, "repository", "links", "html", "href"),
      ...textsAt(valueAt(body, "repository", "links", "clone"), "href"),
      ...textsAt(valueAt(body, "repository", "links", "self"), "href").map((url) => url.replace(/\/browse$/, "")),
    ];
    return pushed(urls, [...cloudRefs(body), ...textsAt(valueAt(body, "changes"), "ref", "id")]);
  },
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
