import type { ServiceBody } from "../../../src/swarm/model/body.js";
import { FairleadError } from "../../../src/errors.js";
import { constraintFault } from "./scheduler.js";
import type { SwarmStore } from "./store.js";

/** Networks that every node has. */
export const predefined: readonly string[] = ["host", "bridge", "none"];

/** Throws what a manager refuses of a service. */
export function assertService(
  store: SwarmStore,
  { Name, TaskTemplate, Mode, UpdateConfig, EndpointSpec }: ServiceBody,
): void {
  const { ContainerSpec, Networks = [], Placement } = TaskTemplate;
  if (!/^[a-zA-Z0-9](?:[-_]*[A-Za-z0-9]+)*$/.test(Name) || Name.length > 63)
    throw refusal("name must be valid as a DNS name component");
  const isJob = "ReplicatedJob" in Mode || "GlobalJob" in Mode;
  if (isJob && UpdateConfig !== undefined) throw refusal("Jobs may not have an update config");
  const ports = EndpointSpec?.Ports ?? [];
  if (EndpointSpec?.Mode === "dnsrr" && ports.some(({ PublishMode }) => PublishMode === "ingress"))
    throw refusal("EndpointSpec: port published with ingress mode can't be used with dnsrr mode");
  const fault = constraintFault(Placement?.Constraints ?? []);
  if (fault !== undefined) throw refusal(fault);
  for (const { Target } of Networks) {
    if (!store.networks.has(Target) && !predefined.includes(Target))
      throw new FairleadError("EngineRefused", `there is no network ${Target} that a service can join`, {
        remedy: `create it (docker network create --driver overlay ${Target})`,
      });
  }
  const names = (contents: SwarmStore["configs"]) => new Set([...contents.values()].map(({ name }) => name));
  for (const { ConfigName } of ContainerSpec.Configs ?? [])
    if (!names(store.configs).has(ConfigName)) throw refusal(`there is no config ${ConfigName} in the Swarm`);
  for (const { SecretName } of ContainerSpec.Secrets ?? [])
    if (!names(store.secrets).has(SecretName)) throw refusal(`there is no secret ${SecretName} in the Swarm`);
}

function refusal(message: string): FairleadError {
  return new FairleadError("EngineRefused", `the engine refused: ${message}`);
}
