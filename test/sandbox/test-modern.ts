import { spawn } from "node:child_process";
import { once } from "node:events";
import { startModernEngine } from "./modern.js";
import { createNetns, enterNetns } from "./netns.js";
import { ensurePackages, modernEnginePackages } from "./packages.js";
import { startRegistry } from "./registry.js";

/** `npm run test:engines`: the real tests once more, on a current engine. Arguments go to vitest. */
const say = (line: string): void => {
  console.log(line);
};
await ensurePackages(modernEnginePackages, say);
const netns = await createNetns();
const registry = await startRegistry({ netns: netns.path });
try {
  const engine = await startModernEngine({ netns: netns.path, mirror: registry.url, say });
  try {
    process.exitCode = await runTests(engine.host);
  } finally {
    await engine.stop();
  }
} finally {
  await registry.stop();
  await netns.close();
}

async function runTests(engineHost: string): Promise<number> {
  const vitest = ["vitest", "run", "--project", "real", ...process.argv.slice(2)];
  const env = { ...process.env, FAIRLEAD_TEST_ENGINE: engineHost, FAIRLEAD_TEST_REGISTRY: registry.url };
  const child = spawn(...enterNetns(netns.path, "npx", vitest), { stdio: "inherit", env });
  // A Ctrl-C reaches the tests as well; what they do about it is over before the engine goes.
  const wait = (): void => undefined;
  process.on("SIGINT", wait).on("SIGTERM", wait);
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
