import { refusal, type Asked, type Finding, type Rule, type Way } from "../model/finding.js";
import type { HostNamespace } from "../model/permissions.js";

interface Join {
  readonly namespace: HostNamespace;
  readonly ways: readonly Way[];
  readonly is: boolean;
}

/** The host's own namespaces. */
export const namespaceRule: Rule = {
  key: "hostNamespaces",
  find: ({ service, permissions }) =>
    joins(service)
      .filter(({ namespace, is }) => is && !permissions.hostNamespaces.includes(namespace))
      .map(({ namespace, ways }) =>
        refusal({ key: "hostNamespaces", ways, what: `the host's namespace ${namespace}`, allowed: namespace }),
      ),
};

function joins(service: Asked["service"]): readonly Join[] {
  const { name, container, networkMode, networks, build } = service;
  const { namespaces = {} } = container;
  const at = (...keys: Way) => [["services", name, ...keys]];
  return [
    { namespace: "pid", ways: at("pid"), is: namespaces.pid === "host" },
    { namespace: "ipc", ways: at("ipc"), is: namespaces.ipc === "host" },
    { namespace: "uts", ways: at("uts"), is: namespaces.uts === "host" },
    { namespace: "userns", ways: at("userns_mode"), is: namespaces.userns === "host" },
    { namespace: "cgroup", ways: at("cgroup"), is: namespaces.cgroup === "host" },
    // Under another parent the host's own limits do not hold.
    { namespace: "cgroup", ways: at("cgroup_parent"), is: namespaces.cgroupParent !== undefined },
    { namespace: "network", ways: at("network_mode"), is: networkMode?.kind === "host" },
    { namespace: "network", ways: at("build", "network"), is: build?.network === "host" },
    // The engine has a network of that name, which an external one may mean.
    ...networks.map(({ network }) => ({
      namespace: "network" as const,
      ways: [["networks", network.key, "name"], ["networks", network.key], ...at("networks")],
      is: network.name === "host" || network.driver === "host",
    })),
  ];
}

/** Containers of others: what they share, and with whom, no file of the project says. */
export const otherContainerRule: Rule = {
  key: "otherContainers",
  find: ({ service, permissions }) =>
    others(service)
      .filter(({ container }) => !permissions.otherContainers.includes(container))
      .map(({ container, key }) => otherContainer(service.name, key, container)),
};

function others({ container, networkMode, build }: Asked["service"]) {
  const { namespaces = {}, volumesFrom = [] } = container;
  const named = (key: Way, text: unknown) => {
    const [, name] = typeof text === "string" ? (/^container:(.+)$/.exec(text) ?? []) : [];
    return name === undefined ? [] : [{ key, container: name }];
  };
  return [
    ...named(["pid"], namespaces.pid),
    ...named(["ipc"], namespaces.ipc),
    ...named(["build", "network"], build?.network),
    ...(networkMode?.kind === "container" ? [{ key: ["network_mode"], container: networkMode.container }] : []),
    ...volumesFrom.flatMap((from, index) =>
      typeof from === "string" ? [{ key: ["volumes_from", index], container: from.replace(/:r[ow]$/, "") }] : [],
    ),
  ];
}

function otherContainer(service: string, key: Way, container: string): Finding {
  const what = `what the container ${container} has, which is not of this project`;
  return refusal({ key: "otherContainers", ways: [["services", service, ...key]], what, allowed: container });
}
