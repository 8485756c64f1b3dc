import { mkdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceStatus } from "../../../src/plan/model/condition.js";
import type { FairleadProcess } from "../../sandbox/fairlead.js";
import { gitRepository, type GitRepository } from "../../sandbox/servers/git-repository.js";
import { startGitServer, type GitServer } from "../../sandbox/servers/git-server.js";
import { hookSecret, type Stage } from "../stage.js";

export const image = "fairlead-bench/git";

export interface Forge {
  readonly repository: GitRepository;
  readonly server: GitServer;
  readonly url: string;
}

/** A repository, and a real server that it is fetched from. */
export async function openForge({ directory }: Stage, name: string): Promise<Forge> {
  const root = `${directory}/forge-${name}`;
  await mkdir(root);
  const repository = await gitRepository(root);
  const server = await startGitServer(root);
  return { repository, server, url: `${server.url}/fleet.git` };
}

/** As a forge does after a push. */
export async function postPush(fairlead: FairleadProcess, url: string): Promise<void> {
  const answer = await fetch(`${fairlead.hooksUrl}/hooks/generic`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${hookSecret}` },
    body: JSON.stringify({ repository: url, ref: "refs/heads/main" }),
  });
  if (answer.status !== 202) throw new Error(`the hook was answered ${answer.status}: ${await answer.text()}`);
  await answer.body?.cancel();
}

/** Until so many services serve and nothing is under way any more. */
export async function untilServing(fairlead: FairleadProcess, count: number): Promise<void> {
  for (const deadline = Date.now() + 300_000; ;) {
    const answer = await fetch(`${fairlead.adminUrl}/api/v1/services`);
    const { services } = (await answer.json()) as { readonly services: readonly ServiceStatus[] };
    const serving = services.filter(({ sync, conditions }) => {
      return sync === "Synced" && conditions.some(({ type, status }) => type === "Ready" && status === "True");
    });
    if (serving.length === count) return;
    if (Date.now() > deadline) throw new Error(`${serving.length} of ${count} services serve`);
    await sleep(200);
  }
}
