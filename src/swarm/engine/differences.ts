import { isDeepStrictEqual } from "node:util";
import { given } from "../../tools/present.js";
import type { Labels, ModeBody, ServiceBody } from "../model/body.js";

/** One field in which two bodies of a service are not the same. */
export interface Difference {
  /** Compose's name for it; the API's own where Compose has none. */
  readonly field: string;
  /** Swarm makes new tasks for it. */
  readonly ofTasks: boolean;
}

interface Part extends Difference {
  readonly value: unknown;
}

const ofService: Readonly<Record<string, string>> = {
  Labels: "deploy.labels",
  UpdateConfig: "deploy.update_config",
  RollbackConfig: "deploy.rollback_config",
};

const ofTask: Readonly<Record<string, string>> = {
  Resources: "deploy.resources",
  RestartPolicy: "deploy.restart_policy",
  Placement: "deploy.placement",
  Networks: "networks",
  LogDriver: "logging",
};

const ofContainer: Readonly<Record<string, string>> = {
  Image: "image",
  Labels: "labels",
  Env: "environment",
  Command: "entrypoint",
  Args: "command",
  Hostname: "hostname",
  Dir: "working_dir",
  User: "user",
  Groups: "group_add",
  Privileges: "security_opt",
  TTY: "tty",
  OpenStdin: "stdin_open",
  Init: "init",
  ReadOnly: "read_only",
  Mounts: "volumes",
  StopSignal: "stop_signal",
  StopGracePeriod: "stop_grace_period",
  Healthcheck: "healthcheck",
  Hosts: "extra_hosts",
  DNSConfig: "dns",
  Sysctls: "sysctls",
  CapabilityAdd: "cap_add",
  CapabilityDrop: "cap_drop",
  Ulimits: "ulimits",
  OomScoreAdj: "oom_score_adj",
  Isolation: "isolation",
  Configs: "configs",
  Secrets: "secrets",
};

/**
 * In what a service is not what it is to be, by names alone and in order: values may be secrets. What the manager adds of
 * itself is none, nor how often tasks were made anew of the same spec.
 */
export function differencesBetween(is: ServiceBody, wanted: ServiceBody): readonly Difference[] {
  const [one, other] = [partsOf(is), partsOf(wanted)];
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((key) => !isDeepStrictEqual(one.get(key)?.value, other.get(key)?.value))
    .filter((key) => one.has(key) || key !== startInterval)
    .flatMap((key) => one.get(key) ?? other.get(key) ?? [])
    .map(({ field, ofTasks }) => ({ field, ofTasks }))
    .sort((left, right) => (left.field < right.field ? -1 : 1));
}

/**
 * The same of a service that `docker stack deploy` or others have made, against what would be made of the file: what nothing
 * says is Swarm's usual, which image is for the digest to tell, and how the next update goes is for that to say.
 */
export function differencesFrom(found: ServiceBody, wanted: ServiceBody): readonly Difference[] {
  const { Image } = found.TaskTemplate.ContainerSpec;
  const asFound: ServiceBody = {
    ...wanted,
    TaskTemplate: { ...wanted.TaskTemplate, ContainerSpec: { ...wanted.TaskTemplate.ContainerSpec, Image } },
  };
  const isAskedFor = (wanted.TaskTemplate.Placement?.Platforms ?? []).length > 0;
  return differencesBetween(plainly(found, isAskedFor), plainly(asFound, isAskedFor));
}

function plainly(
  { UpdateConfig: _update, RollbackConfig: _rollback, ...body }: ServiceBody,
  platforms: boolean,
): ServiceBody {
  const { ContainerSpec, Placement, RestartPolicy, ...task } = body.TaskTemplate;
  const { Platforms, Constraints = [], ...placement } = Placement ?? {};
  const { Condition = "any", Delay = 0, ...restart } = RestartPolicy ?? {};
  const { Env, StopGracePeriod, ...container } = ContainerSpec;
  return {
    ...body,
    Labels: ofFile(body.Labels),
    TaskTemplate: {
      ...task,
      ...given({ RestartPolicy: { ...restart, Condition, Delay: Delay === 0 ? usualDelay : Delay } }),
      Placement: { ...placement, Constraints: Constraints.map(unspaced), ...(platforms ? given({ Platforms }) : {}) },
      ContainerSpec: {
        ...container,
        Labels: ofFile(ContainerSpec.Labels),
        // In which order makes no difference, and some tools sort them.
        ...given({ Env: Array.isArray(Env) ? [...(Env as string[])].sort() : Env }),
        StopGracePeriod: StopGracePeriod ?? usualGrace,
      },
    },
  };
}

/** `node.role == worker` and `node.role==worker` are one constraint. */
function unspaced(constraint: string): string {
  return constraint.replace(/\s*(==|!=)\s*/, "$1").trim();
}

/** Nanoseconds. */
const usualDelay = 5_000_000_000;
const usualGrace = 10_000_000_000;

function ofFile(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !/^(com\.docker\.stack|fairlead)\./.test(key)));
}

/** Parts that say something, by where they stand in the API. */
function partsOf({ Name: _, TaskTemplate, Mode, EndpointSpec, ...service }: ServiceBody): ReadonlyMap<string, Part> {
  const { ContainerSpec, ForceUpdate: _again, ...task } = TaskTemplate;
  const { Platforms, ...Placement } = TaskTemplate.Placement ?? {};
  const { StartInterval, ...Healthcheck } = ContainerSpec.Healthcheck ?? {};
  const parts: readonly (readonly [string, string, boolean, unknown])[] = [
    ...entriesOf(service, "", ofService, false),
    ["Mode", fieldOfMode(Mode), false, sizeOf(Mode)],
    ["Endpoint", "deploy.endpoint_mode", true, EndpointSpec?.Mode ?? "vip"],
    ["Ports", "ports", true, EndpointSpec?.Ports],
    ["Platforms", "platform", true, Platforms],
    ...entriesOf({ ...task, Placement }, "TaskTemplate.", ofTask, true),
    [startInterval, "healthcheck", true, StartInterval],
    ...entriesOf({ ...ContainerSpec, Healthcheck }, "TaskTemplate.ContainerSpec.", ofContainer, true),
  ];
  return new Map(
    parts.flatMap(([key, field, ofTasks, value]) => {
      const said = saidOf(value);
      return said === undefined || usual[key] === said ? [] : [[key, { field, ofTasks, value: said }] as const];
    }),
  );
}

/** Older engines drop it without a word (`model/demands.ts`), and it may be missing. */
const startInterval = "StartInterval";

/** What a manager writes where nothing was said. */
const usual: Readonly<Record<string, unknown>> = {
  "TaskTemplate.ContainerSpec.Isolation": "default",
  "TaskTemplate.Runtime": "container",
};

function entriesOf(part: object, at: string, names: Readonly<Record<string, string>>, ofTasks: boolean) {
  return Object.entries(part).map(
    ([key, value]) => [at + key, names[key] ?? at + key, ofTasks, value as unknown] as const,
  );
}

function fieldOfMode(mode: ModeBody): string {
  return "Replicated" in mode ? "deploy.replicas" : "deploy.mode";
}

/** As text: of a number of replicas 0 says something too. */
function sizeOf(mode: ModeBody): string {
  return JSON.stringify("Replicated" in mode ? { Replicated: mode.Replicated.Replicas } : mode);
}

/** Without whatever is empty, which is as good as absent; undefined: it says nothing. */
function saidOf(value: unknown): unknown {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((one) => saidOf(one) ?? null);
  if (typeof value !== "object") return value;
  const said = Object.entries(value).flatMap(([key, one]) => {
    const own = saidOf(one);
    return own === undefined ? [] : [[key, own] as const];
  });
  return said.length === 0 ? undefined : Object.fromEntries(said.sort(([left], [right]) => (left < right ? -1 : 1)));
}
