import { textAt } from "../../web/json.js";
import type { HookEvent } from "../../delivery/sender.js";
import { pushed } from "../../delivery/event.js";

/** A push as GitHub words it, and as Gitea and Gogs have taken it over. */
export function pushIn(body: unknown): HookEvent {
  const ref = textAt(body, "ref");
  const urls = ["clone_url", "ssh_url", "git_url", "html_url"].map((key) => textAt(body, "repository", key));
  return pushed(urls, ref === undefined ? [] : [ref]);
}
