import { isMapping } from "../document/node.js";
import { FileMode, formatYaml } from "../document/yaml/yaml.js";
import type { ResolvedProject } from "./writer.js";
import type { Written, WrittenMapping } from "./writer.js";

/** As `docker compose config` prints it. */
export function asYaml(project: ResolvedProject): string {
  const services = changed(project.services, (service) => {
    const { volumes } = service;
    return Array.isArray(volumes) ? { ...service, volumes: volumes.map(withFileMode) } : service;
  });
  return formatYaml({ ...project, services });
}

/** As `docker compose config --format json` prints it: with nulls and empty mappings that its YAML has not. */
export function asJson(project: ResolvedProject): string {
  const services = changed(project.services, (service) => ({
    command: null,
    entrypoint: null,
    ...service,
    ...(isMapping(service["deploy"]) ? { deploy: { resources: {}, placement: {}, ...service["deploy"] } } : {}),
  }));
  const networks = changed(project.networks ?? {}, (network) => ({ ipam: {}, ...network }));
  return JSON.stringify(
    { ...project, services, ...(project.networks === undefined ? {} : { networks }) },
    undefined,
    2,
  );
}

function changed<T>(all: WrittenMapping, change: (one: WrittenMapping) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(all).map(([key, one]) => [key, change(isMapping(one) ? one : {})]));
}

/** A number alone would be read as decimal digits by some, and as octal ones by others. */
function withFileMode(mount: Written): unknown {
  if (!isMapping(mount) || !isMapping(mount["tmpfs"]) || typeof mount["tmpfs"]["mode"] !== "number") return mount;
  return { ...mount, tmpfs: { ...mount["tmpfs"], mode: new FileMode(mount["tmpfs"]["mode"]) } };
}
