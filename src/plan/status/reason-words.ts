import type { Reason } from "../model/condition.js";

/** What a person may want to do, named by the verb that does it; `explain` writes the command. */
export type Ability =
  | "adopt"
  | "approve"
  | "build"
  | "build-log"
  | "diff"
  | "doctor"
  | "events"
  | "failed-log"
  | "images"
  | "keep-local"
  | "logs"
  | "pause"
  | "plan"
  | "reconcile"
  | "resume"
  | "retry"
  | "rollback"
  | "start"
  | "take-git"
  | "validate"
  | "wait";

export interface ReasonWords {
  /** What is the matter, without its details: a sentence without its end. */
  readonly state: string;
  /** What happens then, by itself. */
  readonly next: string;
  /** The same where the next look is the moment of it, with `AT` for that moment. Absent: that is only a look. */
  readonly nextAt?: string;
  /** What a person can do, the most likely first. */
  readonly can: readonly Ability[];
}

const goesOn = "it is looked at again as soon as this is done";
const whenChanged = "nothing, until the file, the tag or the host changes or a person says so";
const triedAgain = { next: "it is tried again", nextAt: "it is tried again AT" } as const;
const onceGone = "it goes on by itself once that is out of the way";

/** Each reason of a service's summary, for people who do not know the word. */
export const reasonWords: Readonly<Record<Reason, ReasonWords>> = {
  Converged: {
    state: "All is as wanted",
    next: "it is looked at again when the file, the tag or the host changes, and by the schedule",
    can: [],
  },
  Pulling: {
    state: "The new image is being pulled, and what runs goes on",
    next: "the rollout begins when the image is on this host",
    can: ["wait", "events"],
  },
  Building: {
    state: "Its image is being built here",
    next: "the rollout begins when the build has ended well",
    can: ["build-log", "wait"],
  },
  BuildFailed: {
    state: "Its image could not be built",
    next: "it is built again when its inputs change or a person says so",
    can: ["build-log", "build"],
  },
  RolloutStarted: {
    state: "A rollout has begun",
    next: "the new container is started, and has to prove itself",
    can: ["wait", "logs", "pause"],
  },
  WaitingForHealth: {
    state: "A rollout is under way: the new container has to prove itself",
    next: "it takes over once it has been healthy for long enough, and is taken back where it is not in time",
    can: ["wait", "logs"],
  },
  Promoting: {
    state: "The new container has proved itself and takes over",
    next: goesOn,
    can: ["wait", "events"],
  },
  Draining: {
    state: "What is to end finishes its requests first",
    next: "it is stopped when its requests have ended or its time is up",
    can: ["wait", "events"],
  },
  WaitingForTurn: {
    state: "Something else comes first",
    next: "it goes on when that is done",
    can: ["plan", "events"],
  },
  WaitingForCompletion: {
    state: "It runs to its end",
    next: "it counts as done when it has ended well",
    can: ["logs", "wait"],
  },
  WaitingForDependency: {
    state: "It waits for another service",
    next: "it goes on when that service is as `depends_on` demands",
    can: ["plan", "events"],
  },
  WaitingForWindow: {
    state: "A rollout waits for the maintenance window",
    next: "the rollout begins when the window opens",
    nextAt: "the window opens AT, and the rollout begins",
    can: ["plan"],
  },
  WaitingForAge: {
    state: "A rollout waits until the image is old enough",
    next: "the rollout begins when the image is old enough",
    nextAt: "the image is old enough AT, and the rollout begins",
    can: ["plan"],
  },
  WaitingForApproval: {
    state: "A rollout waits for a person's approval",
    next: "nothing, until a person approves it",
    can: ["diff", "approve", "plan"],
  },
  WaitingForJob: {
    state: "A job has to end first",
    next: "the rollout goes on when the job has ended well",
    can: ["logs", "events"],
  },
  JobFailed: {
    state: "A job has failed",
    next: "it is not run again by itself",
    can: ["failed-log", "retry"],
  },
  HealthDeadlineExceeded: {
    state: "The new container was not healthy in time",
    next: "it is taken back, and that image is held",
    can: ["failed-log", "retry"],
  },
  Unhealthy: {
    state: "Its health check fails",
    next: "it is looked at again when its health changes",
    can: ["logs", "diff"],
  },
  ContainerExited: {
    state: "The container has ended by itself",
    next: "a new one is taken back; one that served is started again",
    can: ["failed-log", "logs"],
  },
  StartFailed: { state: "The container could not be started", ...triedAgain, can: ["failed-log", "retry", "doctor"] },
  StartRefused: { state: "The engine refuses to start the container", ...triedAgain, can: ["doctor", "events"] },
  DigestHeld: {
    state: "What is wanted has failed here and is held: it is not tried again by itself",
    next: "nothing, until a new image is pushed, the file changes, or a person has it tried again",
    can: ["failed-log", "diff", "retry"],
  },
  RollingBack: {
    state: "A rollout that failed is taken back",
    next: "what served before serves again",
    can: ["failed-log", "wait"],
  },
  RollbackFailed: {
    state: "A rollout failed, and so did the way back from it",
    next: "nothing, until a new image is pushed, the file changes, or a person has it tried again",
    can: ["failed-log", "logs", "retry"],
  },
  CrashLooping: {
    state: "It keeps ending by itself",
    next: "it is started again, each time a little later",
    can: ["logs", "failed-log", "rollback"],
  },
  Flapping: { state: "It turns for the worse again and again", next: goesOn, can: ["logs", "events"] },
  ImageNotFound: {
    state: "The registry has no such image",
    ...triedAgain,
    can: ["images", "reconcile"],
  },
  NoTagMatches: {
    state: "No tag of the repository fits its policy",
    next: "it is looked at again when a tag is pushed, and by the schedule",
    can: ["images"],
  },
  TagGone: {
    state: "The registry has no longer the tag that runs",
    next: "what runs is kept",
    can: ["images"],
  },
  TagsUnlisted: {
    state: "The registry does not list the tags of the repository",
    ...triedAgain,
    can: ["images", "doctor"],
  },
  SignatureMissing: {
    state: "The image is not signed by those who have to have signed it",
    ...triedAgain,
    can: ["images", "reconcile"],
  },
  SignatureInvalid: {
    state: "What signs the image is not by those who have to have signed it",
    ...triedAgain,
    can: ["images", "reconcile"],
  },
  SignatureUnavailable: {
    state: "Nobody can tell whether the image is signed",
    ...triedAgain,
    can: ["doctor", "reconcile"],
  },
  PushRefused: {
    state: "The registry refuses to move a tag to what has proved itself",
    ...triedAgain,
    can: ["doctor", "retry"],
  },
  PullFailed: { state: "The image could not be pulled", ...triedAgain, can: ["doctor", "reconcile"] },
  RegistryUnavailable: {
    state: "The registry cannot be asked: what runs is kept, and no rollout begins",
    ...triedAgain,
    can: ["doctor", "reconcile"],
  },
  Unauthorized: {
    state: "The registry demands another login",
    ...triedAgain,
    can: ["doctor", "reconcile"],
  },
  RateLimited: {
    state: "The registry wants to be asked less often",
    ...triedAgain,
    can: ["doctor", "reconcile"],
  },
  EngineUnavailable: {
    state: "Nothing is done for it now",
    next: "all services are looked at as soon as the engine answers",
    can: ["doctor"],
  },
  EngineRefused: { state: "The engine refuses what is to be done", ...triedAgain, can: ["doctor", "events"] },
  GateUnavailable: { state: "Its gate does not answer", ...triedAgain, can: ["events", "doctor"] },
  OwnLifeline: {
    state: "That would cut the line by which the controller reaches the engine",
    next: "it is done by a helper, or by a person",
    can: ["plan", "events"],
  },
  HandingOver: { state: "The controller hands over to its successor", next: goesOn, can: ["events"] },
  NotStandingBy: {
    state: "The controller that is to take over does not stand by",
    next: whenChanged,
    can: ["logs", "events"],
  },
  OtherController: {
    state: "Another controller answers for its containers",
    next: "it is taken over once that controller has gone",
    can: ["doctor"],
  },
  StrayContainer: {
    state: "A container of it is where none should be",
    next: onceGone,
    can: ["plan", "events"],
  },
  NameConflict: {
    state: "A container that others have made stands in its place",
    next: "it is left alone, and nothing is made beside it",
    can: ["plan", "adopt"],
  },
  PortConflict: { state: "Something else has its port", next: onceGone, can: ["plan", "events"] },
  AddressConflict: { state: "Something else has its address", next: onceGone, can: ["plan", "events"] },
  NetworkConflict: {
    state: "A network that it needs is not as the file has it, and is not ours to change",
    next: onceGone,
    can: ["plan"],
  },
  NetworkInUse: { state: "A network is still in use", next: onceGone, can: ["plan"] },
  NetworkChanging: { state: "A network is being made anew", next: goesOn, can: ["events"] },
  Orphaned: {
    state: "No services file declares it any more, and it is left as it is",
    next: "nothing: the controller does not prune",
    can: ["plan"],
  },
  SpecInvalid: {
    state: "The newest services file is not in force",
    next: "the last good version stays in force until the file is right",
    can: ["validate"],
  },
  Paused: {
    state: "No rollout begins, for it is paused; repairs go on",
    next: "nothing, until it is resumed",
    can: ["resume", "diff", "plan"],
  },
  Stopped: {
    state: "It is off because somebody wants it so",
    next: "nothing, until it is started",
    nextAt: "it is started again AT",
    can: ["start"],
  },
  Pinned: {
    state: "It stays at the revision that a person has gone back to",
    next: "nothing, until it is resumed",
    can: ["resume", "diff"],
  },
  StaleMount: {
    state: "A mounted file has been replaced, and the process has the old one",
    next: whenChanged,
    can: ["plan", "events"],
  },
  LocalChanges: {
    state: "A commit and a container have both changed a file",
    next: "nothing, until a person decides",
    can: ["keep-local", "take-git"],
  },
  Reloading: {
    state: "The process was told of changed files and is watched",
    next: "it is done once it has stayed well",
    can: ["logs", "events"],
  },
  ReloadFailed: {
    state: "The process has taken badly what changed in its files",
    next: "what changed was taken back, and stays so until the files change again",
    can: ["logs", "retry"],
  },
  Restoring: { state: "A container is put back in its place", next: goesOn, can: ["events"] },
  DriftDetected: {
    state: "Somebody else has changed it in place",
    next: "it is made what it was again; while the service is paused, once it is resumed",
    can: ["resume", "events"],
  },
  Unschedulable: {
    state: "No node can take a task of it",
    next: "the cluster places it as soon as a node fits",
    can: ["events", "logs"],
  },
  NodeNotReady: {
    state: "Nodes of the cluster are away or take no tasks",
    next: "its tasks run on the others, as far as those can take them",
    can: ["doctor"],
  },
  Restarting: { state: "A container is started again", next: goesOn, can: ["logs", "events"] },
  Removing: { state: "It is being removed", next: goesOn, can: ["events"] },
  NotObserved: {
    state: "It has not been looked at yet",
    next: "it is looked at as soon as the host has been seen",
    can: ["doctor"],
  },
  InternalError: {
    state: "Fairlead itself has failed",
    ...triedAgain,
    can: ["events", "reconcile"],
  },
};
