import type { BuildSpec } from "../../compose/model/container/build-spec.js";
import type { Hook } from "../../compose/model/policy/hooks.js";
import type { PreStop } from "../../compose/model/policy/leave.js";
import type { EndpointSettings, NetworkSpec } from "../../compose/model/network.js";
import type { Bond } from "../../compose/model/relations.js";
import type { ContainerFile } from "../../compose/model/container/container-file.js";
import type { VolumeSpec } from "../../compose/model/mount.js";
import type { RestartPolicy, ServiceSpec } from "../../compose/model/service.js";
import type { ImageName, ImageVersion, PinnedImage } from "../../compose/values/image.js";
import type { Reason } from "./condition.js";
import type { JobMark, Lifeline, Refusal, UnreadFile } from "./host/observed.js";

/**
 * One change to the host: one engine call, plain data, with its cause. Containers are named, never numbered: the
 * executor maps a name to the id that was observed or has just been created, so a step can only reach one of ours.
 */
export type Step = { readonly because: string } & (
  | { readonly kind: "create-network"; readonly network: NetworkSpec; readonly project: string }
  | RemoveNetworkStep
  | { readonly kind: "create-volume"; readonly volume: VolumeSpec; readonly project: string }
  | PullStep
  | BuildStep
  | { readonly kind: "tag-image"; readonly source: ImageName; readonly tag: string }
  | CreateContainerStep
  | WriteFilesStep
  | ConnectStep
  | { readonly kind: "disconnect-network"; readonly container: string; readonly network: string }
  | RehearseStep
  | StartStep
  | { readonly kind: "stop-container"; readonly container: string; readonly graceMs: number }
  | SignalStep
  | PreStopStep
  | PostStartStep
  | NoteLeavingStep
  | { readonly kind: "set-restart-policy"; readonly container: string; readonly policy: RestartPolicy }
  | { readonly kind: "rename-container"; readonly container: string; readonly to: string }
  | RemoveContainerStep
  | SetRoutesStep
  | { readonly kind: "remove-image"; readonly reference: string }
  | KeepLogsStep
  | NoteRefusalStep
  | NoteReloadStep
  | CreateHelperStep
  | HandOverStep
);

export type StepKind = Step["kind"];
export type StepOf<K extends StepKind> = Extract<Step, { readonly kind: K }>;

/** Begins a pull in the background; its progress and end are observed like anything else. */
export interface PullStep {
  readonly kind: "pull-image";
  /** Never a mutable tag. */
  readonly reference: PinnedImage;
  /** `linux/arm64`; absent: the host's own. */
  readonly platform?: string;
}

/** Begins a build in the background, observed like a pull. */
export interface BuildStep {
  readonly kind: "build-image";
  readonly project: string;
  readonly service: string;
  readonly build: BuildSpec;
  /** The image's own name, `repository:tag`. */
  readonly name: string;
  /** What marks the result as made of these very inputs; given last, when the image is whole. */
  readonly mark: string;
  /** Identifies everything the image is made of; hexadecimal, and part of the mark. */
  readonly inputs: string;
  /** What the context holds, in full: the build sends that or nothing. */
  readonly contents: string;
}

export interface StartStep {
  readonly kind: "start-container";
  readonly container: string;
  /** A refusal is no trouble of this run: the next look sees it, and judges it like any other failure. */
  readonly onTrial?: true;
}

export interface CreateContainerStep {
  readonly kind: "create-container";
  readonly name: string;
  readonly spec: ServiceSpec;
  readonly specHash: string;
  readonly digest: ImageVersion;
  /** By which the engine finds that. */
  readonly from: ImageName;
  readonly revision: number;
  /** As in `ObservedContainer`. */
  readonly returns?: true;
  readonly slot: number;
  /** The first network, or none; further ones are joined before the start (engines before API 1.44 take one at creation). */
  readonly attach: Endpoint | undefined;
  /** The containers of other services that it shares something of. */
  readonly owners?: readonly Owner[];
  /** The volumes without a name of their own that go on with it: those of the container whose place it is to take. */
  readonly inherited?: readonly InheritedVolume[];
  /** Not to serve, but to run this job. */
  readonly job?: JobMark;
}

export interface InheritedVolume {
  /** The engine's. */
  readonly name: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** A container, and what another one is to share of it. */
export type Owner = Bond & { readonly id: string; readonly name: string };

export interface RemoveContainerStep {
  readonly kind: "remove-container";
  readonly container: string;
  /** With the volumes that the engine made for it; else they stay. Only `unserved.ts` may say so. */
  readonly volumes?: true;
}

/** By the id that was observed: another network that bears the name meanwhile stays. */
export interface RemoveNetworkStep {
  readonly kind: "remove-network";
  readonly network: string;
  readonly id: string;
}

/**
 * Has the engine try to start such a container, with nothing that could run and without ports and networks: what it needs
 * of the host else is all there, or the engine says what is not. Nothing is left of it.
 */
export interface RehearseStep {
  readonly kind: "rehearse-start";
  /** The one that is to be started afterwards. */
  readonly container: string;
  readonly spec: ServiceSpec;
  readonly digest: ImageVersion;
  /** As in `CreateContainerStep`. */
  readonly from: ImageName;
}

/** Into a container before its start, or into one that runs and reads them the next time; what is there is written over. */
export interface WriteFilesStep {
  readonly kind: "write-files";
  readonly container: string;
  readonly files: readonly ContainerFile[];
  /** What a gate reports from then on as its configuration. */
  readonly config?: string;
}

/** One end of a container on a network. */
export interface Endpoint {
  readonly network: string;
  readonly aliases: readonly string[];
  readonly settings?: EndpointSettings;
}

export interface ConnectStep extends Endpoint {
  readonly kind: "connect-network";
  readonly container: string;
}

/** Tells a gate, in one call and in this order, where its work goes from now on. What is under way stays where it is. */
export interface SetRoutesStep {
  readonly kind: "set-routes";
  /** The gate. */
  readonly container: string;
  readonly routes: readonly Route[];
}

export interface Route {
  /** As in `ObservedRoute`. */
  readonly server: string;
  /** Absent: the address it has. */
  readonly address?: string;
  readonly open: boolean;
}

/** Tells the process of a container that files which it has mounted have changed, and writes that into the journal. */
export interface SignalStep {
  readonly kind: "signal-container";
  readonly container: string;
  readonly signal: string;
  /** The run that is told, as by `runOf`. */
  readonly startedAt: number | undefined;
  readonly files: readonly UnreadFile[];
  /** It is unhealthy already. */
  readonly wasSick?: true;
}

/** Writes into the journal how one has done that was told of changed files. */
export interface NoteReloadStep {
  readonly kind: "note-reload";
  readonly container: string;
  readonly digest: ImageVersion;
  readonly specHash: string;
  /** Why it has failed. Absent: it has stayed well. */
  readonly failure?: string;
  /** These are to hold again what they held before, each with what it was told of. Absent: they are not ours to write. */
  readonly takeBack?: readonly Pick<UnreadFile, "path" | "content">[];
}

/**
 * Runs a `pre_stop` of the service in a container; however it ends, the container is stopped later. The command never
 * stands in a text: it may bear secrets.
 */
export interface PreStopStep extends PreStop {
  readonly kind: "pre-stop";
  readonly container: string;
}

/** Runs the service's `post_start` in a container, and writes into the journal how it has ended. */
export interface PostStartStep {
  readonly kind: "post-start";
  readonly container: string;
  /** The start of the run that it belongs to. */
  readonly startedAt: number | undefined;
  /** Never in a text: they may bear secrets. */
  readonly hooks: readonly Hook[];
}

/** Writes into the journal how far a container has come with leaving; `stays`: nothing of that counts any more. */
export interface NoteLeavingStep {
  readonly kind: "note-leaving";
  readonly container: string;
  /** The start of the run that leaves. */
  readonly startedAt: number | undefined;
  readonly stage: "replaced" | "left" | "stays";
  /** How long the stage lasts. */
  readonly forMs: number;
}

/** Writes a failure into the journal: the last log lines, and the digest and spec that are held from now on. */
export interface KeepLogsStep {
  readonly kind: "keep-logs";
  readonly container: string;
  readonly digest: ImageVersion;
  readonly specHash: string;
  readonly reason: Reason;
  readonly message: string;
  /** Absent: 1. */
  readonly slot?: number;
  /** The host is at fault: nothing is held, it is tried again later. */
  readonly again?: true;
  /** The job that failed. Only of one that stands before a rollout anything is held. */
  readonly job?: JobMark;
  readonly revision?: number;
  /** As in `ObservedContainer`. */
  readonly onRollback?: string;
  /** As in `Hold`. */
  readonly ranAnewAt?: number;
}

/** A container like that of the controller itself, to be the controller while that is replaced, or cut off. */
export interface CreateHelperStep {
  readonly kind: "create-helper";
  readonly name: string;
  readonly project: string;
  readonly service: string;
  readonly lifeline: Lifeline;
  /** The controller's own container, by id. */
  readonly of: string;
  /** Of a line: the engine's socket, a path of the host. */
  readonly socket?: string;
  /** What the spec has written into the container: it cannot be copied from there. */
  readonly files: readonly ContainerFile[];
}

/** The controller in another container goes on, and this one stops. */
export interface HandOverStep {
  readonly kind: "hand-over";
  /** That container's id. */
  readonly heir: string;
  readonly name: string;
}

/** Writes into the journal that the engine refused a creation: the rollout has failed, and its digest and spec are held. */
export interface NoteRefusalStep {
  readonly kind: "note-refusal";
  readonly refusal: Refusal;
  /** What the rollout was to take the place of. */
  readonly from?: ImageVersion;
}
