import { spawn } from "node:child_process";
import { once } from "node:events";
import { startModernEngine } from "./modern.js";
import { createNetns, enterNetns } from "../network/netns.js";
import { ensurePackages, modernEnginePackages } from "../host/packages.js";
import { startRegistry } from "../registry/registry.js";

/** `npm run test:engines`: the real tests once more, on a current engine. Arguments go to vitest. */
const say = (line: string): void => {
  console.log(line);
};
const contract = "test/real/docker/contract.test.ts";
const asked = process.argv.slice(2);
/** The contract has the engine for itself: what it says of events, and of how little is asked, holds only there. */
const runs = asked.length > 0 ? [asked] : [[contract], ["--exclude", contract]];
await ensurePackages(modernEnginePackages, say);
const netns = await createNetns();
const registry = await startRegistry({ netns: netns.path });
try {
  const engine = await startModernEngine({ netns: netns.path, mirror: registry.url, say });
  try {
    let worst = 0;
    for (const which of runs) worst = Math.max(worst, await runTests(engine.host, which));
    process.exitCode = worst;
  } finally {
    await engine.stop();
  }
} finally {
  await registry.stop();
  await netns.close();
}

async function runTests(engineHost: string, which: readonly string[]): Promise<number> {
  const vitest = ["vitest", "run", "--project", "real", ...which];
  const env = { ...process.env, FAIRLEAD_TEST_ENGINE: engineHost, FAIRLEAD_TEST_REGISTRY: registry.url };
  const child = spawn(...enterNetns(netns.path, "npx", vitest), { stdio: "inherit", env });
  // A Ctrl-C reaches the tests as well; what they do about it is over before the engine goes.
  const wait = (): void => undefined;
  process.on("SIGINT", wait).on("SIGTERM", wait);
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
