import { buildContext } from "../container/build-context.js";
import { commandLine } from "../container/command.js";
import { extraHosts as hostsOf } from "../container/naming.js";
import { ports as portsOf } from "../container/ports.js";
import { isMapping, read, type Node } from "../document/node.js";
import { environment, labels, options } from "../document/pairs.js";
import type { buildKeys } from "../keys/build-keys.js";
import type { postStartHookKeys, preStartHookKeys } from "../keys/hook-keys.js";
import type { healthcheckKeys } from "../keys/keys.js";
import type { loggingKeys } from "../keys/option-keys.js";
import {
  decoded,
  keysOf,
  listOf,
  memberOf,
  size,
  text,
  texts,
  time,
  truth,
  whole,
  writtenOf,
  type Writer,
  type WrittenMapping,
} from "./writer.js";

export const command = decoded(commandLine);

/** `host=address`, as Compose prints them. */
export const extraHosts: Writer = (node) => hostsOf(node).map((host) => host.replace(":", "="));

const buildMapping = keysOf<typeof buildKeys>({
  context: (node) => contextPath(node) ?? text(node),
  dockerfile: text,
  dockerfile_inline: text,
  args: (node) => writtenOf(Object.entries(environment(node)).map(([name, value]) => [name, value ?? undefined])),
  labels: decoded(labels),
  cache_from: texts,
  no_cache: truth,
  pull: truth,
  extra_hosts: extraHosts,
  network: text,
  target: text,
  shm_size: size,
  tags: texts,
  platforms: texts,
});

function contextPath(node: Node): string | undefined {
  const context = buildContext(node);
  return context?.kind === "path" ? context.path : undefined;
}

/** The folder and the file's name are written out. */
export const build: Writer = (node) => {
  const given = isMapping(node.value) ? buildMapping(node) : writtenOf([["context", contextPath(node) ?? text(node)]]);
  const isInline = Object.hasOwn(given, "dockerfile_inline");
  return {
    context: node.reading.directory,
    ...(isInline ? {} : { dockerfile: "Dockerfile" }),
    ...given,
  };
};

export const healthcheck = keysOf<typeof healthcheckKeys>({
  disable: truth,
  test: (node) => (typeof node.value === "string" ? ["CMD-SHELL", text(node) ?? ""] : texts(node)),
  interval: time,
  timeout: time,
  retries: whole,
  start_period: time,
  start_interval: time,
});

const hookWriters = {
  command,
  user: text,
  privileged: truth,
  working_dir: text,
  environment: (node: Node) => environment(node),
};

export const hooks = listOf(keysOf<typeof postStartHookKeys>(hookWriters));

export const preStartHooks = listOf(
  keysOf<typeof preStartHookKeys>({ ...hookWriters, image: text, per_replica: truth }),
);

export const logging = keysOf<typeof loggingKeys>({ driver: text, options: decoded(options) });

/** Long syntax, ranges one by one. */
export const ports: Writer = (node) =>
  portsOf(node).map(({ port, node: item }): WrittenMapping => {
    const { hostIp, hostPort, hostPortEnd = hostPort, containerPort, protocol } = port;
    const published = hostPort === hostPortEnd ? String(hostPort) : `${hostPort}-${hostPortEnd}`;
    return {
      ...readerWords(item),
      ...writtenOf([
        ["host_ip", hostIp],
        ["target", containerPort],
        ["published", hostPort === undefined ? undefined : published],
        ["protocol", protocol],
      ]),
    };
  });

/** What changes nothing, and is for the reader. */
function readerWords(item: Node): WrittenMapping {
  const word = (key: string) => read(memberOf(item, key), (at) => text(at) ?? null);
  return writtenOf([
    ["name", word("name")],
    ["mode", word("mode") ?? "ingress"],
    ["app_protocol", word("app_protocol")],
  ]);
}
