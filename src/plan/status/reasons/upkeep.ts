import { goesOn, triedAgain, whenChanged } from "./words.js";
import type { WordsOf } from "./words.js";

/** What files and people ask of a service that is there, and how it is kept. */
export const upkeep = {
  Orphaned: {
    state: "No services file declares it any more, and it is left as it is",
    next: "nothing: the controller does not prune",
    can: ["plan"],
  },
  SpecInvalid: {
    state: "The newest services file is not in force",
    next: "the last good version stays in force until the file is corrected",
    can: ["validate"],
  },
  Paused: {
    state: "It is paused: no rollout begins, and repairs go on",
    next: "nothing, until it is resumed",
    can: ["resume", "diff", "plan"],
  },
  Stopped: {
    state: "It is stopped on purpose",
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
    state: "A mounted file has been replaced, and the process still has the old one",
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
    next: "it is done once the process has stayed well",
    can: ["logs", "events"],
  },
  ReloadFailed: {
    state: "The process failed after its files had changed",
    next: "the change was undone, and stays undone until the files change again",
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
} satisfies WordsOf;
