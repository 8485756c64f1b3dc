import { isMapping } from "../document/node.js";
import type { ResolvedProject } from "./writer.js";
import type { Written, WrittenMapping } from "./writer.js";

const declarations = ["networks", "volumes", "secrets", "configs"] as const;

type Section = (typeof declarations)[number];

/** Some services with what they need: other services, and whatever they use of the project's declarations. */
export function selectServices(project: ResolvedProject, names: readonly string[]): ResolvedProject {
  const chosen = new Set<string>();
  const rest = names.filter((name) => Object.hasOwn(project.services, name));
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (chosen.has(name)) continue;
    chosen.add(name);
    rest.push(...neededBy(project.services[name] ?? {}).filter((other) => Object.hasOwn(project.services, other)));
  }
  const services = only(project.services, chosen);
  const used = declarations.map(
    (section) => [section, only(project[section] ?? {}, usedIn(services, section))] as const,
  );
  const { networks: _n, volumes: _v, secrets: _s, configs: _c, ...others } = project;
  return {
    ...others,
    services: services as ResolvedProject["services"],
    ...Object.fromEntries(used.filter(([, each]) => Object.keys(each).length > 0)),
  };
}

/** In their order, each once. What is built has the name that Compose gives it. */
export function imagesOf({ name, services }: ResolvedProject): readonly string[] {
  return [...new Set(Object.entries(services).map(([service, { image }]) => textOf(image) ?? `${name}-${service}`))];
}

/** By `depends_on`, and by what is shared with it. */
function neededBy(service: WrittenMapping): readonly string[] {
  const { depends_on: dependsOn, network_mode: network, ipc, pid, volumes_from: from } = service;
  const shared = [network, ipc, pid].map((mode) => /^service:(.+)$/.exec(textOf(mode) ?? "")?.[1] ?? "");
  const taken = itemsOf(from).map((item) => (textOf(item) ?? "").replace(/:r[ow]$/, ""));
  return [...keysOf(dependsOn), ...shared, ...taken];
}

function usedIn(services: WrittenMapping, section: Section): ReadonlySet<string> {
  const used = Object.values(services).flatMap((service) => {
    const written = isMapping(service) ? service[section] : undefined;
    return section === "networks" ? keysOf(written) : itemsOf(written).map(sourceOf);
  });
  return new Set(used);
}

function sourceOf(item: Written): string {
  return isMapping(item) ? (textOf(item["source"]) ?? "") : "";
}

function keysOf(value: Written | undefined): readonly string[] {
  return isMapping(value) ? Object.keys(value) : [];
}

function itemsOf(value: Written | undefined): readonly Written[] {
  return Array.isArray(value) ? (value as readonly Written[]) : [];
}

function textOf(value: Written | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function only(all: WrittenMapping, names: ReadonlySet<string>): WrittenMapping {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
}
