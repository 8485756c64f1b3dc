import type { FairleadProcess } from "../sandbox/fairlead.js";
import { hookSecret } from "./stage.js";

export const hookPath = `/hooks/dockerhub/${hookSecret}`;

/** What Docker Hub sends for a push, as far as anybody reads it. */
export function hookBody(repository: string, tag = "latest"): string {
  const [namespace, name] = repository.split("/");
  return JSON.stringify({
    callback_url: "http://127.0.0.1:9/never-called",
    push_data: { pushed_at: 1417566161.5, pusher: namespace, tag, images: null },
    repository: { name, namespace, owner: namespace, repo_name: repository, status: "Active" },
  });
}

export async function postHook(fairlead: FairleadProcess, repository: string, tag?: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const body = hookBody(repository, tag);
  const answer = await fetch(fairlead.hooksUrl + hookPath, { method: "POST", headers, body });
  if (answer.status !== 202) throw new Error(`the webhook was answered ${answer.status}: ${await answer.text()}`);
  await answer.body?.cancel();
}
