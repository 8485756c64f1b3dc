import type { TestProject } from "vitest/node";
import { startEngine } from "../sandbox/engine/engine.js";
import { enginePackages, ensurePackages } from "../sandbox/host/packages.js";
import { startRegistry } from "../sandbox/registry/registry.js";

declare module "vitest" {
  interface ProvidedContext {
    /** As DOCKER_HOST takes it. Docker Hub's names are served by the registry. */
    engineHost: string;
    /** `http://127.0.0.1:PORT`. */
    registryUrl: string;
    /** As it stands in an image's name. */
    registryHost: string;
  }
}

/**
 * One engine and one registry for a whole run of the real tests. FAIRLEAD_TEST_ENGINE (a DOCKER_HOST) together with
 * FAIRLEAD_TEST_REGISTRY (a URL the engine has as its mirror) name existing ones, which are used and left alone.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const engineHost = process.env["FAIRLEAD_TEST_ENGINE"];
  const registryUrl = process.env["FAIRLEAD_TEST_REGISTRY"];
  if (engineHost !== undefined && registryUrl === undefined) {
    throw new Error("FAIRLEAD_TEST_ENGINE also needs FAIRLEAD_TEST_REGISTRY: the registry that is the engine's mirror");
  }
  await ensurePackages(enginePackages, (line) => {
    console.log(line);
  });
  const registry =
    registryUrl === undefined ? await startRegistry() : { url: registryUrl, stop: () => Promise.resolve() };
  const engine =
    engineHost === undefined
      ? await startEngine({ mirror: registry.url }).catch(async (error: unknown) => {
          await registry.stop();
          throw error;
        })
      : { host: engineHost, stop: () => Promise.resolve() };
  project.provide("engineHost", engine.host);
  project.provide("registryUrl", registry.url);
  project.provide("registryHost", new URL(registry.url).host);
  return async () => {
    await Promise.all([engine.stop(), registry.stop()]);
  };
}
