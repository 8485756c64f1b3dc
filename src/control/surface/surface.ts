import type { ServiceKey } from "../../compose/model/service.js";
import type { ImageHint } from "../../compose/values/image.js";
import type { Problem } from "../../compose/values/problem.js";
import type { Revision } from "../../plan/history/revisions.js";
import type { KeptImage } from "../../plan/host/kept-images.js";
import type { Orphan } from "../../plan/host/orphans.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import type { Explanation } from "../../plan/status/explain.js";
import type { Candidate } from "../../tags/choose.js";
import type { SpecChange } from "../journal/course-record.js";
import type { Event } from "../journal/event.js";
import type { EventWish } from "../journal/events.js";
import type { JournalState } from "../journal/standing.js";
import type { BuildOutput } from "../ports/builds.js";
import type { LogLine } from "../ports/logs.js";
import type { Progress } from "../progress/model.js";
import type { Push, RepositoryState, Synced, Told } from "../ports/source.js";
import type { TraceParent } from "../ports/tracing.js";
import type { Comparison } from "./compare/comparisons.js";
import type { Approval, Order, Pause, Resumption, Retry, Rollback, Start, Stop } from "./orders.js";
import type { Delivery } from "./deliveries.js";
import type { EngineState } from "./engine-state.js";
import type { ServicePlan } from "./forecast/service-plan.js";
import type { KeptFor } from "./kept.js";
import type { Replicas } from "./replicas.js";

export type { Approval, Order, Pause, Resumption, Retry, Rollback, Start, Stop };
export type { Progress, Push, RepositoryState, Synced, Told, TraceParent };

/** What the HTTP surface and the command line may ask of a running controller. */
export interface Surface {
  /** True after the first full observation of the host. */
  ready(): boolean;
  /** Why it is not ready, or what is wrong with the newest services file; empty when all is well. */
  problems(): readonly Problem[];
  services(): readonly ServiceStatus[];
  service(key: ServiceKey): ServiceStatus | undefined;
  /** The services whose declared image this may be. */
  keysForImage(image: ImageHint): readonly ServiceKey[];
  /** The declared services that go by this name: `project/service`, or `service` where only one project has it. */
  keysForName(name: string): readonly ServiceKey[];
  /** The declared service that a container's name belongs to: `project-service-1`, or its `container_name`. */
  keysForContainer(name: string): readonly ServiceKey[];
  /** The repositories that services files come from, as they stand. */
  repositories(): readonly RepositoryState[];
  /** What is kept of them on the host, and for whom. Throws FairleadError where the host cannot be seen. */
  kept(): Promise<readonly KeptFor[]>;
  /** A repository has news, as somebody says: those that follow it look now. */
  pushed(push: Push): Told;
  /**
   * Decide about files of a project that a commit and a container have both changed: `ours` is what the container has left,
   * `theirs` what git has; no files: all of them. Undefined: no project of a repository is called so.
   */
  sync(project: string, side: "ours" | "theirs", files: readonly string[]): Promise<Synced | undefined>;
  /** Build again those of them that are built here, and answer which. */
  rebuild(keys: readonly ServiceKey[], cause: string, wish?: RebuildWish): Promise<readonly ServiceKey[]>;
  /** The last lines of a service's last build, oldest first; undefined if none has begun since the controller did. */
  buildOutput(key: ServiceKey): BuildOutput | undefined;
  /** What is being done for the service, or was done last. */
  progress(key: ServiceKey): Progress;
  /** Each as it is now, then whenever there is news of it, some times a second at most, until the signal aborts. */
  progresses(keys: readonly ServiceKey[] | "all", signal: AbortSignal): AsyncIterable<Progress>;
  /** The logs of services' containers. Throws FairleadError where the host cannot be seen. */
  logs(wish: LogWish, signal: AbortSignal): Promise<LogReading>;
  /** What happened lately, and with `follow` what happens until the signal aborts. */
  events(wish: EventWish, signal: AbortSignal): AsyncIterable<Event>;
  /** A sender has had its answer, or has gone away before. */
  delivered(delivery: Delivery): void;
  /** The last deliveries, newest first. */
  deliveries(): readonly Event[];
  /** Whether what people have asked of the service outlives a restart of the controller. */
  isDurable(key: ServiceKey): boolean;
  journal(): JournalState;
  engine(): EngineState;
  /**
   * Look again, and ask the registry again: the one thing that a webhook, a cron tick and a person all do. `pushed`: what was
   * told of, so that a policy need not have all tags listed. `parent`: the span of the delivery.
   */
  reconcile(keys: readonly ServiceKey[], cause: string, pushed?: readonly ImageHint[], parent?: TraceParent): void;
  /**
   * As `reconcile`, on a person's word: a registry that has asked for patience is asked once all the same. `why`, here and in
   * what follows: the person's reason, for the journal.
   */
  insist(key: ServiceKey, cause: string, why?: string): void;
  /** Forget that the held digest was bad, and look again. */
  retry(key: ServiceKey, why?: string): Promise<Retry>;
  /**
   * Take over the containers that others made for the service and that run now, and look again. Answers their names; none
   * where there is nothing to take over.
   */
  adopt(key: ServiceKey, why?: string): Promise<readonly string[]>;
  /**
   * Pin the service to an earlier revision until `resume`: by its number or the beginning of its digest, else the last
   * stable one before. Throws FairleadError `RevisionUnknown`.
   */
  rollback(key: ServiceKey, to: string | undefined, why?: string): Promise<Rollback>;
  /** Begin no rollout of the service until `resume`. */
  pause(key: ServiceKey, why?: string): Promise<Pause>;
  /** Have it off until `start`, or for so long. */
  stop(key: ServiceKey, forMs: number | undefined, why?: string): Promise<Stop>;
  /** Have it run again, whoever stopped it. */
  start(key: ServiceKey, why?: string): Promise<Start>;
  /** Lift its pin and a person's pause. */
  resume(key: ServiceKey, why?: string): Promise<Resumption>;
  /**
   * Let what is wanted now go ahead, where that waits for a person; of what they have in mind, the digest or its beginning.
   * Throws FairleadError `NotAwaited` where something else is wanted by now.
   */
  approve(key: ServiceKey, digest: string | undefined, why?: string): Promise<Approval>;
  /** Which tag the service follows, and why not the others. Undefined: no file declares it. */
  images(key: ServiceKey): Promise<TagSurvey | undefined>;
  /** The service in sentences: what runs, why, and what comes. Undefined: nobody knows it. */
  explain(key: ServiceKey): Promise<Explanation | undefined>;
  /** What differs between the file, what runs and what ran before. Undefined: no file declares it. */
  diff(key: ServiceKey): Promise<Comparison | undefined>;
  /** Every container of the service, and what is under way at each. Throws FairleadError where the host cannot be seen. */
  replicas(key: ServiceKey): Promise<Replicas>;
  /** What was rolled out, and how it ended; as far as that is still known, where no file declares it any more. */
  history(key: ServiceKey): Promise<History>;
  /**
   * The plan for every service as text and as data, those that no file declares any more included, from what is observed
   * now; nothing is changed. `supposePrune`: as if this one pruned, whether it does or not.
   */
  plan(supposePrune?: boolean): Promise<readonly ServicePlan[]>;
  /**
   * The plan for one service as it would be once this were ordered; nothing is changed. Undefined: nobody knows the service.
   * Throws FairleadError as the order itself does.
   */
  preview(key: ServiceKey, order: Order): Promise<ServicePlan | undefined>;
  /** Networks and volumes of the declared projects that no file declares any more. */
  orphans(): Promise<readonly Orphan[]>;
}

export interface TagSurvey {
  /** As the file names it. */
  readonly image: string;
  /** `semver ^1.4`. Absent: the written tag is followed. */
  readonly policy?: string;
  /** The tag that is followed. Absent: none is chosen, or it is a digest. */
  readonly tag?: string;
  /** What is behind it. Absent: that is not known. */
  readonly digest?: string;
  /** Why nothing is known of a tag or of what is behind it. Absent: it is. */
  readonly problem?: { readonly reason: string; readonly message: string };
  /** It is signed by those who have to have signed it. Absent: nobody need have, or it is not. */
  readonly signed?: true;
  /** The tags that serve. */
  readonly running: readonly string[];
  /** Of a policy that chooses: the chosen one, then those that fit from the best on, then the others. */
  readonly candidates: readonly Candidate[];
  /** How many more there are that are not shown. */
  readonly more: number;
  /** The service's images on this host, and why they are here. Absent: an older controller. */
  readonly kept?: readonly KeptImage[];
}

export interface RebuildWish {
  /** As in `reconcile`. */
  readonly parent?: TraceParent | undefined;
  /** A person's reason, for the journal. */
  readonly why?: string | undefined;
}

/** A revision, with what was done for it, where that is still known: of the last ones. */
export interface RevisionHistory extends Revision {
  readonly steps?: readonly PastStep[];
  /** How many steps in the middle are not known any more. */
  readonly moreSteps?: number;
  /** In which fields its spec differs from the one before. Absent: in none, or nobody knows. */
  readonly changes?: readonly SpecChange[];
}

export interface PastStep {
  /** As a plan shows it. */
  readonly text: string;
  /** A step's kind, or `wait`. */
  readonly kind: string;
  /** ISO 8601. */
  readonly beganAt: string;
  readonly endedAt: string;
  /** Why it failed. Absent: it did not. */
  readonly message?: string;
}

export interface History {
  /** Newest first. */
  readonly revisions: readonly RevisionHistory[];
  readonly pinned?: { readonly revision: number; readonly digest: string };
  readonly paused: boolean;
  /** The containers that were told of changed files, newest first. */
  readonly reloads: readonly {
    readonly container: string;
    readonly signal: string;
    /** Paths on the host. */
    readonly files: readonly string[];
    /** ISO 8601. */
    readonly at: string;
    /** Absent: it is watched. */
    readonly outcome?: "well" | "failed";
    readonly message?: string;
  }[];
  /** The last containers that failed, newest first. */
  readonly failures: readonly {
    readonly digest: string;
    readonly specHash: string;
    readonly container: string;
    readonly reason: string;
    readonly message: string;
    /** ISO 8601. */
    readonly at: string;
    /** Its last lines, oldest first. */
    readonly logs: readonly string[];
  }[];
}

export interface LogWish {
  /** Whose containers: also those that come while it is followed. */
  readonly of: readonly ServiceKey[] | "all";
  /** It goes on until the signal aborts, over restarts and rollouts. */
  readonly follow: boolean;
  /** So many lines from the end of each container's log that is there; absent: all. */
  readonly tail?: number | undefined;
  /** ISO 8601: nothing that is older. */
  readonly since?: string | undefined;
}

export interface LogReading {
  /** The names of the containers that it begins with. */
  readonly containers: readonly string[];
  /** In order of time, and from then on as they come. Read slowly, they wait in the engine. */
  readonly entries: AsyncIterable<LogEntry>;
}

/** A line of a container, or a word of ours on why there is none. */
export type LogEntry = {
  readonly project: string;
  readonly service: string;
  /** Its name as of now: it changes as a rollout goes on. */
  readonly container: string;
} & (LogLine | { readonly at?: never; readonly notice: string });

export interface Preview {
  /** What people have said, and what was held, is known: there is a journal. */
  readonly remembers: boolean;
  readonly plans: readonly ServicePlan[];
  readonly orphans: readonly Orphan[];
}
