import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { draftOf } from "../../../../src/swarm/draft/draft.js";
import { formatProblem } from "../../../../src/compose/values/problem.js";
import { readForSwarm } from "../../compose/cluster/read.js";
import { stepOf } from "./drafted.js";

const text = readFileSync(new URL("golden/stack.yaml", import.meta.url), "utf8");
const files = { "proxy.conf": "listen 80\n", "key.pem": "-----BEGIN KEY-----\nhunter3\n" };

function drafts() {
  const result = readForSwarm(text, files);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join("\n"));
  return result.project.services.map((spec) => draftOf(stepOf(spec), { labels: {}, generation: {} }));
}

it("a stack of many kinds becomes these bodies, and these contents", async () => {
  const shown = drafts().map(({ body, configs, secrets }) => ({
    body,
    configs: configs.map(({ name, labels, content }) => ({ name, labels, content: content.toString() })),
    secrets: secrets.map(({ name, labels, content }) => ({ name, labels, bytes: content.length })),
  }));
  await expect(`${JSON.stringify(shown, null, 2)}\n`).toMatchFileSnapshot("golden/stack.json");
});

it("what is in a config or secret stands in no body", () => {
  const bodies = JSON.stringify(drafts().map(({ body }) => body));
  for (const content of ["hunter3", "listen 80", "hello hunter2"]) expect(bodies).not.toContain(content);
});
