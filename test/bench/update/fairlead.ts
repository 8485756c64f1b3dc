import type { ServiceStatus } from "../../../src/plan/model/condition.js";
import { until } from "../../load/until.js";
import { clearProject } from "../../real/e2e/scene/host.js";
import { freePort } from "../../sandbox/network/ports.js";
import { postHook } from "../hook.js";
import { monitorMs, type Contender } from "./contender.js";
import { startProxy, type ProxyKind } from "./proxy.js";

interface Options {
  /** The service's keys beside its image. */
  readonly service?: object;
  readonly declared?: object;
  /** A proxy of the user's own publishes the port, and finds the service by its name; else the service publishes it. */
  readonly behind?: ProxyKind;
}

/** Fairlead as its users run it, told by Docker Hub's webhook. */
export function fairlead(name: string, { service = {}, declared = {}, behind }: Options): Contender {
  return {
    name: `Fairlead, ${name}`,
    open: async (theatre, { reference, repository, tag }) => {
      const project = tag;
      const port = await freePort();
      const web = {
        image: reference,
        restart: "unless-stopped",
        deploy: { update_config: { monitor: `${monitorMs}ms` } },
        // A proxy that looks a name up every half or whole second must have time to see that it has changed.
        ...(behind === undefined ? { ports: [`127.0.0.1:${port}:8080`] } : { "x-fairlead": { drain: "2s" } }),
        ...service,
      };
      const process = await theatre.stage.run(project, { name: project, services: { web }, ...declared });
      await process.ready();
      const rest = () =>
        until(`the end of ${project}'s rollout`, async () =>
          isAtRest(await statusOf(process.adminUrl, project), theatre.shop.digest(tag)),
        );
      await rest();
      const proxy =
        behind === undefined
          ? undefined
          : await startProxy(theatre, { kind: behind, network: `${project}_default`, service: "web", port });
      return {
        url: `http://127.0.0.1:${port}`,
        update: () => postHook(process, repository, tag),
        rest,
        close: async () => {
          await process.stop();
          await proxy?.close();
          await clearProject(theatre.docker, project);
        },
      };
    },
  };
}

/** Of the project's service `web`. */
export async function statusOf(adminUrl: string, project: string): Promise<ServiceStatus> {
  const answer = await fetch(`${adminUrl}/api/v1/services/${project}/web`);
  return (await answer.json()) as ServiceStatus;
}

/** It serves what the tag stands for, or holds it back and serves what it had. */
export function isAtRest(
  { sync, desiredDigest, activeDigest, health, conditions }: ServiceStatus,
  digest: string | undefined,
): boolean {
  if (desiredDigest !== digest || health !== "Healthy") return false;
  const ready = conditions.find(({ type }) => type === "Ready");
  return sync === "Synced"
    ? activeDigest === digest && ready?.status === "True"
    : sync === "Held" && ready?.reason === "DigestHeld";
}
