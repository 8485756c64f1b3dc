import { goesOn, triedAgain } from "./words.js";
import type { WordsOf } from "./words.js";

/** How a rollout goes, and how the containers stand that come of it. */
export const rollouts = {
  Converged: {
    state: "Everything runs as declared",
    next: "it is looked at again when the file, the tag or the host changes, and by the schedule",
    can: [],
  },
  Pulling: {
    state: "The new image is being pulled, and what runs keeps running",
    next: "the rollout begins when the image is on this host",
    can: ["wait", "events"],
  },
  Building: {
    state: "Its image is being built here",
    next: "the rollout begins when the build has succeeded",
    can: ["build-log", "wait"],
  },
  BuildFailed: {
    state: "Its image could not be built",
    next: "it is built again when its inputs change or a person asks for it",
    can: ["build-log", "build"],
  },
  RolloutStarted: {
    state: "A rollout has begun",
    next: "the new container is started, and has to prove itself",
    can: ["wait", "logs", "pause"],
  },
  WaitingForHealth: {
    state: "A rollout is under way: the new container has to prove itself",
    next: "it takes over once it has been healthy for long enough; if that does not happen in time, it is rolled back",
    can: ["wait", "logs"],
  },
  Promoting: {
    state: "The new container has proved itself and takes over",
    next: goesOn,
    can: ["wait", "events"],
  },
  Draining: {
    state: "The container that is to stop finishes its requests first",
    next: "it is stopped when its requests have ended or its time is up",
    can: ["wait", "events"],
  },
  WaitingForTurn: {
    state: "Something else comes first",
    next: "it goes on when that is done",
    can: ["plan", "events"],
  },
  WaitingForCompletion: {
    state: "The container runs until it ends",
    next: "it counts as done when it has ended with exit code 0",
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
    next: "the rollout goes on when the job has succeeded",
    can: ["logs", "events"],
  },
  JobFailed: {
    state: "A job has failed",
    next: "the job is not run again by itself",
    can: ["failed-log", "retry"],
  },
  HealthDeadlineExceeded: {
    state: "The new container was not healthy in time",
    next: "it is rolled back, and that image is held",
    can: ["failed-log", "retry"],
  },
  Unhealthy: {
    state: "Its health check fails",
    next: "it is looked at again when its health changes",
    can: ["logs", "diff"],
  },
  ContainerExited: {
    state: "The container has ended by itself",
    next: "a new container is rolled back; a container that served is started again",
    can: ["failed-log", "logs"],
  },
  StartFailed: { state: "The container could not be started", ...triedAgain, can: ["failed-log", "retry", "doctor"] },
  StartRefused: { state: "The engine refuses to start the container", ...triedAgain, can: ["doctor", "events"] },
  DigestHeld: {
    state: "The wanted image has failed here and is held: it is not tried again by itself",
    next: "nothing, until a new image is pushed, the file changes, or a person asks to try it again",
    can: ["failed-log", "diff", "retry"],
  },
  RollingBack: {
    state: "A failed rollout is being rolled back",
    next: "what served before serves again",
    can: ["failed-log", "wait"],
  },
  RollbackFailed: {
    state: "A rollout failed, and its rollback failed too",
    next: "nothing, until a new image is pushed, the file changes, or a person asks to try it again",
    can: ["failed-log", "logs", "retry"],
  },
  CrashLooping: {
    state: "It keeps ending by itself",
    next: "it is started again, each time a little later",
    can: ["logs", "failed-log", "rollback"],
  },
  Flapping: { state: "It becomes unhealthy or ends, again and again", next: goesOn, can: ["logs", "events"] },
} satisfies WordsOf;
