import { jobsHash, networkHash } from "../../compose/model/hash.js";
import type { NetworkSpec } from "../../compose/model/network.js";
import type { VolumeSpec } from "../../compose/model/mount.js";
import type { RestartPolicy, ServiceSpec } from "../../compose/model/service.js";
import { formatImage, isImageVersion } from "../../compose/values/image.js";
import type { ImageVersion } from "../../compose/values/image.js";
import { activeName } from "../../plan/model/host/names.js";
import type { ForeignContainer, JobMark } from "../../plan/model/host/observed.js";
import type { CreateContainerStep } from "../../plan/model/step.js";
import { isJobLabelled, jobLabels, readJob } from "./job-labels.js";

export type Labels = Readonly<Record<string, string>>;

/** What a container's labels say of it; labels cannot change during its life. */
export interface Identity {
  readonly project: string;
  readonly service: string;
  readonly slot: number;
  /** The name it bears in the active role. */
  readonly base: string;
  readonly specHash: string;
  readonly image: string;
  readonly digest: ImageVersion;
  /** Absent in containers made before this label was. */
  readonly lease?: string;
  readonly revision: number;
  readonly returns?: true;
  readonly declaredRestart: RestartPolicy;
  /** Absent in containers made before this label was. */
  readonly declaredNetworks?: readonly string[];
  /** Only of a gate: the service whose gate it is. */
  readonly gateOf?: string;
  readonly job?: JobMark;
  readonly after?: string;
  readonly onRollback?: string;
}

/** The Compose version whose labels these are; `docker compose` and others read them, none refuses a version. */
const composeVersion = "2.40.0";

/** Labels of the file first: none of them can take the place of ours. `lease`: of the controller that makes it. */
export function containerLabels(step: CreateContainerStep, lease: string): Labels {
  const { spec, slot, specHash, digest, from, revision, job } = step;
  return {
    ...spec.container.labels,
    "fairlead.project": spec.project,
    "fairlead.service": spec.name,
    "fairlead.lease": lease,
    "fairlead.slot": String(slot),
    "fairlead.name": activeName(spec, slot),
    "fairlead.spec-hash": specHash,
    "fairlead.image": formatImage(spec.image),
    "fairlead.digest": digest,
    "fairlead.revision": String(revision),
    ...(step.returns === true ? { "fairlead.returns": "true" } : {}),
    "fairlead.restart": formatRestart(spec.container.restart),
    "fairlead.networks": spec.networks.map(({ network }) => network.name).join(","),
    ...(spec.gateOf === undefined ? {} : { "fairlead.gate": spec.gateOf }),
    ...(job === undefined ? afterLabel(spec) : jobLabels(job)),
    ...onRollbackLabel(spec),
    "com.docker.compose.project": spec.project,
    "com.docker.compose.service": spec.name,
    "com.docker.compose.container-number": String(slot),
    "com.docker.compose.oneoff": job === undefined ? "False" : "True",
    "com.docker.compose.config-hash": specHash,
    "com.docker.compose.image": from,
    "com.docker.compose.version": composeVersion,
  };
}

function afterLabel({ after = [] }: ServiceSpec): Labels {
  return after.length === 0 ? {} : { "fairlead.after": jobsHash(after) };
}

function onRollbackLabel({ onRollback = [] }: ServiceSpec): Labels {
  return onRollback.length === 0 ? {} : { "fairlead.on-rollback": jobsHash(onRollback) };
}

/** What the network was made from: how a changed declaration is told. */
const networkHashLabel = "fairlead.network-hash";

/** Of a network or volume: whose it is, and for a network what it was made from. */
export function readOrigin(labels: Labels): {
  readonly project: string | undefined;
  readonly hash: string | undefined;
} {
  return { project: labels["com.docker.compose.project"], hash: labels[networkHashLabel] };
}

export function networkLabels(network: NetworkSpec, project: string): Labels {
  return {
    ...network.labels,
    ...composeLabels(project),
    "com.docker.compose.network": network.key,
    [networkHashLabel]: networkHash(network),
  };
}

export function volumeLabels(volume: VolumeSpec, project: string): Labels {
  return { ...volume.labels, ...composeLabels(project), "com.docker.compose.volume": volume.key };
}

function composeLabels(project: string): Labels {
  return { "com.docker.compose.project": project, "com.docker.compose.version": composeVersion };
}

/** Undefined for a container that is not ours: one whose labels we could not have written is never touched. */
export function readIdentity(labels: Labels): Identity | undefined {
  const project = labels["fairlead.project"];
  const service = labels["fairlead.service"];
  const base = labels["fairlead.name"];
  const digest = labels["fairlead.digest"] ?? "";
  const slot = wholeNumber(labels["fairlead.slot"]);
  const revision = wholeNumber(labels["fairlead.revision"]);
  const declaredRestart = parseRestart(labels["fairlead.restart"] ?? "");
  if (!project || !service || !base || !isImageVersion(digest)) return undefined;
  if (slot === undefined || revision === undefined || declaredRestart === undefined) return undefined;
  const job = readJob(labels);
  if (job === undefined && isJobLabelled(labels)) return undefined;
  const specHash = labels["fairlead.spec-hash"] ?? "";
  const after = labels["fairlead.after"];
  const onRollback = labels["fairlead.on-rollback"];
  const networks = labels["fairlead.networks"];
  const gateOf = labels["fairlead.gate"];
  const lease = labels["fairlead.lease"];
  return {
    project,
    service,
    slot,
    base,
    specHash,
    image: labels["fairlead.image"] ?? "",
    digest,
    // It names a mark of the engine: nothing else is taken for one.
    ...(lease !== undefined && /^[a-zA-Z0-9][\w-]{0,63}$/.test(lease) ? { lease } : {}),
    revision,
    ...(labels["fairlead.returns"] === "true" ? { returns: true as const } : {}),
    declaredRestart,
    ...(networks === undefined ? {} : { declaredNetworks: networks.split(",").filter((name) => name !== "") }),
    ...(gateOf ? { gateOf } : {}),
    ...(job === undefined ? {} : { job }),
    ...(after === undefined ? {} : { after }),
    ...(onRollback === undefined ? {} : { onRollback }),
  };
}

/** What Docker Compose says of a container that it made to serve; undefined for any other, and for a `compose run`. */
export function readComposeIdentity(labels: Labels): ForeignContainer["compose"] {
  const project = labels["com.docker.compose.project"];
  const service = labels["com.docker.compose.service"];
  const slot = wholeNumber(labels["com.docker.compose.container-number"]);
  const oneOff = labels["com.docker.compose.oneoff"]?.toLowerCase() === "true";
  return !project || !service || slot === undefined || oneOff ? undefined : { project, service, slot };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** As Compose writes it: `always`, `on-failure`, `on-failure:3`. */
function formatRestart({ name, maximumRetryCount }: RestartPolicy): string {
  return name === "on-failure" && maximumRetryCount > 0 ? `${name}:${maximumRetryCount}` : name;
}

function parseRestart(text: string): RestartPolicy | undefined {
  const match = /^(no|always|unless-stopped|on-failure)(?::(\d{1,9}))?$/.exec(text);
  if (match === null) return undefined;
  return { name: match[1] as RestartPolicy["name"], maximumRetryCount: Number(match[2] ?? 0) };
}
