import { posix } from "node:path";
import type { Node } from "../document/node.js";
import { settings } from "../document/pairs.js";
import type { serviceKeys } from "../keys/keys.js";
import { environmentOf, labelsOf } from "../load/env-files.js";
import { dependencies } from "../policy/dependencies.js";
import type { MountScope } from "../mounts/mounts.js";
import { build, command, extraHosts, healthcheck, hooks, logging, ports, preStartHooks } from "./execution.js";
import { fairleadExtension } from "./extension.js";
import { blkio, cpus, deploy, devices, gpus, storage, ulimits } from "./limits.js";
import { grants, mountsIn } from "./mounts.js";
import { networks } from "./networks.js";
import {
  decoded,
  digits,
  keysOf,
  listOf,
  memberOf,
  nowhere,
  oneOrMore,
  size,
  sorted,
  text,
  texts,
  time,
  truth,
  whole,
  writtenOf,
  type Writer,
  type Writers,
  type WrittenMapping,
} from "./writer.js";

const dependsOn: Writer = (node) =>
  writtenOf(
    dependencies(node).map(({ dependency: { service, condition, restart, required = true } }) => [
      service,
      writtenOf([
        ["condition", condition],
        ["restart", restart],
        ["required", required],
      ]),
    ]),
  );

/** A profile is named from the folder of its file. */
const securityOptions = listOf((node) => {
  const written = text(node) ?? "";
  const [, path] = /^seccomp[=:](.+)$/.exec(written) ?? [];
  const isPath = path !== undefined && path !== "unconfined" && path !== "builtin";
  return isPath ? `seccomp=${posix.resolve(node.reading.directory, path)}` : written;
});

/** Of those that take several forms or names, the one that Compose prints. */
function writersIn(scope: MountScope): Writers<typeof serviceKeys> {
  return {
    annotations: decoded(settings),
    blkio_config: blkio,
    build,
    cap_add: texts,
    cap_drop: texts,
    cgroup: text,
    cgroup_parent: text,
    command,
    configs: grants("configs"),
    container_name: text,
    cpu_period: whole,
    cpu_quota: whole,
    cpu_rt_period: whole,
    cpu_rt_runtime: whole,
    cpu_shares: whole,
    cpus,
    cpuset: text,
    depends_on: dependsOn,
    deploy,
    device_cgroup_rules: texts,
    devices,
    dns: oneOrMore,
    dns_opt: texts,
    dns_search: oneOrMore,
    domainname: text,
    entrypoint: command,
    env_file: nowhere,
    environment: nowhere,
    expose: texts,
    extends: nowhere,
    extra_hosts: extraHosts,
    gpus,
    group_add: texts,
    healthcheck,
    hostname: text,
    image: text,
    init: truth,
    ipc: text,
    label_file: nowhere,
    labels: nowhere,
    links: texts,
    logging,
    mac_address: text,
    mem_limit: size,
    mem_reservation: size,
    mem_swappiness: digits,
    memswap_limit: size,
    network_mode: text,
    networks,
    oom_kill_disable: truth,
    oom_score_adj: whole,
    pid: text,
    pids_limit: whole,
    platform: text,
    ports,
    post_start: hooks,
    pre_start: preStartHooks,
    pre_stop: hooks,
    privileged: truth,
    profiles: texts,
    pull_policy: (node) => (text(node) === "if_not_present" ? "missing" : text(node)),
    read_only: truth,
    restart: text,
    runtime: text,
    scale: whole,
    secrets: grants("secrets"),
    security_opt: securityOptions,
    shm_size: size,
    stdin_open: truth,
    stop_grace_period: time,
    stop_signal: text,
    storage_opt: storage,
    sysctls: decoded(settings),
    tmpfs: oneOrMore,
    tty: truth,
    ulimits,
    user: text,
    userns_mode: text,
    uts: text,
    volumes: mountsIn(scope),
    volumes_from: texts,
    working_dir: text,
    "x-fairlead": fairleadExtension,
  };
}

/** A service as Compose prints it: long syntax, and nothing that refers to another file. */
export function writtenService(node: Node, scope: MountScope): WrittenMapping {
  const written = Object.entries(keysOf(writersIn(scope))(node)).filter(([, value]) => value !== "");
  const joins = written.some(([key]) => key === "networks" || key === "network_mode");
  return sorted(
    writtenOf([
      ...written,
      ["environment", filled(environmentOf(memberOf(node, "environment"), memberOf(node, "env_file")))],
      ["labels", filled(labelsOf(memberOf(node, "labels"), memberOf(node, "label_file")))],
      ["networks", joins ? Object.fromEntries(written)["networks"] : { default: null }],
    ]),
  );
}

function filled(mapping: WrittenMapping): WrittenMapping | undefined {
  return Object.keys(mapping).length === 0 ? undefined : sorted(mapping);
}
