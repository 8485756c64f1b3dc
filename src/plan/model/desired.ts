import type { ServiceSpec } from "../../compose/model/service.js";
import type { Digest, ImageVersion } from "../../compose/values/image.js";
import type { VolumeMemory } from "./anonymous.js";
import type { Reason, SkippedTags } from "./condition.js";
import type { LeavingMemory, PostStartMemory, StopMemory } from "./run-memory.js";
import type { JobPhase } from "./host/observed.js";
import type { Outcome } from "./outcome.js";
import type { ReloadMemory } from "./reload-memory.js";
import type { SeenSignatures } from "./signatures.js";
import type { StepOf } from "./step.js";

/** What should run: the file's word and the registry's. */
export interface Desired {
  /** Its image has the tag that is followed. */
  readonly spec: ServiceSpec;
  readonly specHash: string;
  readonly target: Target;
  /** Of a service with a policy that chooses among tags; what is behind the chosen one is `target`. Absent: none is chosen. */
  readonly choice?: TagChoice;
  /** Behind the images that the jobs of the spec name, by `formatImage`; only where they are asked for. */
  readonly jobImages?: ReadonlyMap<string, Target>;
  /** Absent: nothing of it has to be signed. */
  readonly signatures?: SeenSignatures;
  /** A person has gone back to an earlier revision: `target` is that one's, and `over` what would be wanted without it. */
  readonly pin?: Pin & { readonly over: Target };
  /** What whoever reads the plan of a new container should know of it, where the file and the tag do not say it. */
  readonly note?: string;
  /** `target` is the last stable digest, for the wanted one is held and the spec has changed since. */
  readonly standIn?: { readonly over: Target; readonly hold: Hold };
  /** It is the way back from a rollout that failed, where no container is left to go back to. */
  readonly returns?: true;
  /** Of a service with a maintenance window, and as of now. */
  readonly window?: WindowState;
  /** Why no rollout of it may begin yet. Absent: it may. */
  readonly heldBack?: Outcome;
  /** Its image is brought to this host all the same. */
  readonly comesAhead?: true;
}

/** The tag that a policy has chosen. */
export interface TagChoice {
  readonly tag: string;
  /** The tag that serves. Absent: nothing of the repository does. */
  readonly from?: string;
  /** `semver ^1.4`. */
  readonly policy: string;
  /** What comes between the two, as `SkippedTags` has it. Absent: nothing does. */
  readonly skipped?: SkippedTags;
  /** The registry has it no more, and nothing that fits comes after it: what runs of it is kept. */
  readonly isGone: boolean;
}

/** `1.4.2 -> 1.4.3 by policy semver ^1.4`. */
export function describeChoice({ tag, from, policy }: Pick<TagChoice, "tag" | "from" | "policy">): string {
  return `${from === undefined || from === tag ? "" : `${from} -> `}${tag} by policy ${policy}`;
}

/** What is said of a choice where it leads to a new container. */
export function notedChoice(choice: TagChoice | undefined): Pick<Desired, "choice" | "note"> {
  if (choice === undefined) return {};
  return choice.from === choice.tag ? { choice } : { choice, note: describeChoice(choice) };
}

/** Epoch ms. */
export type WindowState = { readonly openUntil: number } | { readonly opensAt: number };

/** An earlier revision that a person has gone back to, until they say otherwise. */
export interface Pin {
  readonly revision: number;
  readonly digest: ImageVersion;
  readonly specHash: string;
  /** The image as it was declared then: the repository may be another one. */
  readonly image: string;
  /** Epoch ms. */
  readonly at: number;
}

/** What is behind the declared image, or what a revision had there. */
export type Target = KnownTarget | UnknownTarget;

/** The same, as it is found out for a look. */
export type FoundTarget = RegistryTarget | LocalTarget | UnknownTarget;

export interface KnownTarget {
  readonly known: true;
  readonly digest: ImageVersion;
  /** Others of equal content on this platform: running one of them is running this one. */
  readonly sameContent: readonly ImageVersion[];
  readonly local?: true;
}

/** A registry has said so. */
export interface RegistryTarget extends Omit<KnownTarget, "local"> {
  readonly digest: Digest;
  readonly local?: never;
}

/** What this host has decides, not a registry: an image that was built here, or one that is not to be asked for. */
export interface LocalTarget extends KnownTarget {
  readonly local: true;
}

/** The registry cannot be asked, or refuses; or the image is still to be built. */
export interface UnknownTarget {
  readonly known: false;
  readonly reason: Reason;
  readonly message: string;
  readonly build?: BuildNeed;
}

/** What stands between a service and its built image. */
export type BuildNeed =
  | { readonly state: "wanted"; readonly step: StepOf<"build-image"> }
  | { readonly state: "running" }
  /** `lasting`: with the same inputs it would fail again. */
  | { readonly state: "failed"; readonly lasting: boolean; readonly mark: string };

/** What Docker cannot hold. Losing all of it must never hurt a running service. */
export interface Memory {
  readonly holds: readonly Hold[];
  /** What the host could not start, since something last proved itself; oldest first. */
  readonly attempts?: readonly Hold[];
  /** When a person last asked to forget what failed; failures before it do not count. Epoch ms. */
  readonly retriedAt: number | undefined;
  /** The digest that last proved itself, for repairs while the registry is silent. */
  readonly stableDigest: ImageVersion | undefined;
  /** The containers that have begun to leave. */
  readonly leaving: LeavingMemory;
  /** How the `post_start` of containers' last runs ended. */
  readonly postStarts?: PostStartMemory;
  /** The runs that Fairlead has ended: all before they had proved themselves, and any of services that may end by themselves. */
  readonly stops?: StopMemory;
  /** The runs that others have ended, and that were left so. */
  readonly othersStops?: StopMemory;
  /** The containers that were told of changed files. */
  readonly reloads?: ReloadMemory;
  /** The anonymous volumes of what has served. */
  readonly volumes?: VolumeMemory;
  /** Ids of containers whose creation is remembered, and so whatever has become of them since. */
  readonly made?: ReadonlySet<string>;
  /** The spec that it proved itself with. Absent: not known. */
  readonly stableSpec?: string | undefined;
  readonly pin?: Pin;
  /** A person wants it to be off, since when and until when. Epoch ms. */
  readonly stopped?: { readonly at: number; readonly until?: number };
  /** When a person last asked for it to be started. Epoch ms. */
  readonly startAskedAt?: number;
  /** Since when a person wants no rollout to begin. Epoch ms. */
  readonly pausedAt?: number;
  /** What a person has let go ahead. */
  readonly approved?: readonly { readonly digest: ImageVersion; readonly specHash: string }[];
  /** Since when digests have been behind the tag, as far as we have seen. Epoch ms. */
  readonly firstSeen?: ReadonlyMap<ImageVersion, number>;
  /** The highest number of a rollout that was ever seen. Absent: none is known of. */
  readonly lastRevision?: number;
  /** The rollout that has begun and not ended. */
  readonly underWay?: { readonly revision: number; readonly specHash: string; readonly digest: ImageVersion };
  /** The numbers of rollouts that did not end well: nobody goes back to them. */
  readonly abandoned?: readonly number[];
  /** By container id: what serves and keeps ending. */
  readonly crashLoops?: ReadonlyMap<string, CrashLoop>;
  /** By slot: how often in a row its active container had to be started again and did not last. */
  readonly heals: ReadonlyMap<number, number>;
  /** By container id: how often in a row the engine has refused to start it, since it was last away. */
  readonly refusals?: ReadonlyMap<string, number>;
  /** Jobs that have been started, the latest last. */
  readonly jobs: readonly JobRun[];
}

export interface JobRun {
  /** The container's id. */
  readonly container: string;
  /** `jobHash`, and the spec and digest that it ran for. */
  readonly job: string;
  readonly specHash: string;
  readonly digest: ImageVersion;
  /** `retried`: it had failed, and a person has asked for another run. */
  readonly outcome: "started" | "done" | "failed" | "retried";
  readonly message: string;
  /** When that was seen. Epoch ms. */
  readonly at: number;
  /** Absent: started by an older version. */
  readonly phase?: JobPhase;
  readonly revision?: number;
}

/** Of a container that keeps ending by itself. */
export interface CrashLoop {
  /** How often lately. */
  readonly ends: number;
  /** How long a run of it usually lasts. Absent: nobody saw. */
  readonly usualMs?: number;
}

/** The part of it that concerns one slot. */
export interface SlotMemory extends Omit<Memory, "heals"> {
  readonly heals: number;
}

/** A digest that failed with a spec: not tried again until either changes or a person says retry. */
export interface Hold {
  readonly specHash: string;
  readonly digest: ImageVersion;
  readonly reason: Reason;
  readonly message: string;
  /** Epoch ms. */
  readonly at: number;
  /** The slot in which it failed. Absent: 1. */
  readonly slot?: number;
  /** Of the rollout. Absent: it failed under an older version. */
  readonly revision?: number;
  /** As in `ObservedContainer`. */
  readonly onRollback?: string;
  /**
   * When it was started, where it was a second one of what served, made for replaced files: it counts for as long as those
   * are as it had them. Epoch ms.
   */
  readonly ranAnewAt?: number;
}

export const emptyMemory: Memory = {
  holds: [],
  retriedAt: undefined,
  stableDigest: undefined,
  leaving: new Map(),
  heals: new Map(),
  jobs: [],
};

export function isTarget(target: Target, digest: ImageVersion): boolean {
  return target.known && (target.digest === digest || target.sameContent.includes(digest));
}
