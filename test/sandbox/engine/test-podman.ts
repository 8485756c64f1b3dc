import { spawn } from "node:child_process";
import { once } from "node:events";
import { createNetns, enterNetns } from "../network/netns.js";
import { ensurePackages, podmanPackages } from "../host/packages.js";
import { podmanLacks } from "./podman-lacks.js";
import { startPodman } from "./podman.js";
import { startRegistry } from "../registry/registry.js";

/** `npm run test:podman`: the engine's contract on the distribution's Podman, but for what docs/podman.md says it lacks. */
await ensurePackages(podmanPackages, (line) => {
  console.log(line);
});
const netns = await createNetns();
const registry = await startRegistry({ netns: netns.path });
try {
  const podman = await startPodman({ netns: netns.path, registry: registry.url });
  try {
    process.exitCode = await runContract(podman.host);
  } finally {
    await podman.stop();
  }
} finally {
  await registry.stop();
  await netns.close();
}

async function runContract(host: string): Promise<number> {
  const lacks = podmanLacks.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const pattern = `^engine contract: real (?!.*(${lacks}))`;
  const file = "test/real/docker/contract.test.ts";
  const vitest = ["vitest", "run", "--project", "real", file, "-t", pattern, ...process.argv.slice(2)];
  const env = { ...process.env, FAIRLEAD_TEST_ENGINE: host, FAIRLEAD_TEST_REGISTRY: registry.url };
  const child = spawn(...enterNetns(netns.path, "npx", vitest), { stdio: "inherit", env });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
