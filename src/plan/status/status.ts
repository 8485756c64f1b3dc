/*
 * What people are told lives here. Nothing reads it back.
 */

import type { ServiceSpec } from "../../compose/model/service.js";
import { formatPolicy } from "../../compose/model/policy/tag-policy.js";
import { formatImage } from "../../compose/values/image.js";
import { given } from "../../tools/present.js";
import { staleMounts } from "../files/stale.js";
import { said } from "../judge/verdict.js";
import { clusterConditionTypes, conditionTypes } from "../model/condition.js";
import type { Condition, Reason, ReplicaCount, Rollout, ServiceStatus } from "../model/condition.js";
import { isTarget } from "../model/desired.js";
import type { Desired } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Outcome } from "../model/outcome.js";
import type { TagMoves } from "../model/tag-moves.js";
import { inRole, isReady } from "../model/view.js";
import { clusterConditions } from "./cluster.js";
import { promotedCondition } from "./promoted.js";

export interface StatusInput {
  readonly desired: Desired;
  readonly containers: readonly ObservedContainer[];
  readonly outcome: Outcome;
  readonly rollout: Rollout | undefined;
  /** The newest version of the services file is valid; if not, why. */
  readonly specProblem: string | undefined;
  /** What of its mounted files git and a container have both changed. */
  readonly localChanges?: string | undefined;
  /** What of them holds what it held before, since a process has taken badly what git has. */
  readonly takenBack?: string | undefined;
  /** How its tags stand that are to be moved. */
  readonly tagMoves?: TagMoves | undefined;
  readonly generation: number;
  readonly now: number;
  /** A person or the file wants no rollout to begin. */
  readonly isPaused?: boolean;
  /** Why what serves may be cut off from what it shares of another container. */
  readonly stranded?: string | undefined;
  /** What is to be said of containers that keep turning for the worse. */
  readonly flapping?: string | undefined;
}

/** The service as the API shows it; transition times are carried over from what was shown before. */
export function statusOf(input: StatusInput, before: ServiceStatus | undefined): ServiceStatus {
  const { desired, containers, outcome, rollout } = input;
  const wanted = desired.pin?.over ?? desired.target;
  const slots = slotsOf(desired, containers);
  const active = shownOf(desired, slots);
  const replicas = countReplicas(desired, slots);
  const judged = judgeConditions(input, active, replicas);
  const ofCluster = clusterConditions(containers);
  const all = [
    ...conditionTypes.map((type) => [type, judged[type]] as const),
    ...clusterConditionTypes.flatMap((type) =>
      ofCluster[type] === undefined ? [] : [[type, ofCluster[type]] as const],
    ),
  ];
  const conditions = all.map(([type, [status, reason, message]]): Condition => {
    const old = before?.conditions.find((condition) => condition.type === type);
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : new Date(input.now).toISOString();
    return { type, status, reason, message, observedGeneration: input.generation, lastTransitionTime };
  });
  return {
    project: desired.spec.project,
    service: desired.spec.name,
    image: formatImage(desired.spec.image),
    ...given({ tag: desired.spec.image.tag, policy: policyOf(desired.spec) }),
    observedAt: new Date(input.now).toISOString(),
    sync: syncOf(desired, replicas, outcome, input.isPaused ?? false),
    health: worst([
      ...slots.map((slot) => healthOf(desired.spec, slot, outcome)),
      ...(input.stranded === undefined ? [] : ["Degraded" as const]),
    ]),
    desiredDigest: wanted.known ? wanted.digest : undefined,
    desiredSpec: desired.specHash,
    activeDigest: active === undefined ? undefined : shownDigest(desired, active),
    revision: active?.revision,
    ...(active === undefined ? {} : { createdAt: new Date(active.createdAt).toISOString() }),
    replicas,
    conditions,
    ...(desired.pin === undefined ? {} : { pinned: { revision: desired.pin.revision, digest: desired.pin.digest } }),
    lastRollout: rollout,
  };
}

interface Slot {
  readonly active: ObservedContainer | undefined;
  readonly next: ObservedContainer | undefined;
}

function slotsOf({ spec }: Desired, containers: readonly ObservedContainer[]): readonly Slot[] {
  return Array.from({ length: spec.replicas ?? 1 }, (_, index) => {
    const own = containers.filter(({ slot }) => slot === index + 1);
    return { active: inRole(own, "active"), next: inRole(own, "next") };
  });
}

/** The one that a service is shown by: as long as one replica is not updated, that. */
function shownOf(desired: Desired, slots: readonly Slot[]): ObservedContainer | undefined {
  const actives = slots.flatMap(({ active }) => active ?? []);
  return actives.find((active) => !isUpdated(desired, active)) ?? actives[0];
}

function isUpdated(desired: Desired, active: ObservedContainer): boolean {
  const { specHash, pin, target } = desired;
  if (active.altered !== undefined) return false;
  return (active.specHash === specHash || active.specHash === pin?.specHash) && isTarget(target, active.digest);
}

function countReplicas(desired: Desired, slots: readonly Slot[]): ReplicaCount {
  const tasks = slots.length === 1 ? slots[0]?.active?.tasks : undefined;
  if (tasks !== undefined) {
    const isNew = slots.some(({ active }) => active !== undefined && isUpdated(desired, active));
    return { desired: tasks.wanted, ready: tasks.running, updated: isNew ? tasks.wanted : 0 };
  }
  return {
    desired: slots.length,
    ready: slots.filter(({ active }) => isReady(desired.spec, active)).length,
    updated: slots.filter(({ active }) => active !== undefined && isUpdated(desired, active)).length,
  };
}

/** A container made from another digest of equal content runs the desired one. */
function shownDigest({ target }: Desired, active: ObservedContainer): string {
  return target.known && isTarget(target, active.digest) ? target.digest : active.digest;
}

function syncOf(desired: Desired, replicas: ReplicaCount, outcome: Outcome, isPaused: boolean): ServiceStatus["sync"] {
  if (outcome.standing === "stopped") return "Stopped";
  if (desired.pin !== undefined) return "Pinned";
  if (!desired.target.known) return "Unknown";
  if (outcome.standing === "held" || outcome.standing === "stuck") return "Held";
  if (outcome.standing === "job-failed" && replicas.updated < replicas.desired) return "Held";
  if (isPaused || outcome.standing === "paused") return "Paused";
  return replicas.updated === replicas.desired ? "Synced" : "OutOfSync";
}

const fromBadToGood = ["Degraded", "Missing", "Progressing", "Healthy"] as const;

export function worst(healths: readonly ServiceStatus["health"][]): ServiceStatus["health"] {
  if (healths.length > 1 && new Set(healths).size > 1 && healths.includes("Missing")) return "Degraded";
  return fromBadToGood.find((health) => healths.includes(health)) ?? "Healthy";
}

function healthOf(spec: ServiceSpec, { active, next }: Slot, outcome: Outcome): ServiceStatus["health"] {
  if (outcome.standing === "crashing" || outcome.standing === "stuck") return "Degraded";
  if ((spec.oneShot === true || spec.mayEnd === true) && isReady(spec, active)) return "Healthy";
  if (active === undefined || active.state !== "running") {
    if (outcome.standing === "stopped") return "Missing";
    if (next?.state === "running" && outcome.standing === "unhealthy") return "Degraded";
    if (next?.state === "running" || outcome.kind === "continue" || (outcome.kind === "wait" && isInTheMaking(outcome)))
      return "Progressing";
    return active === undefined ? "Missing" : "Degraded";
  }
  if (active.health === "unhealthy") return "Degraded";
  return active.health === "starting" ? "Progressing" : "Healthy";
}

/** Its image is on its way, or a job of it runs. */
function isInTheMaking({ awaits }: Extract<Outcome, { kind: "wait" }>): boolean {
  return awaits === "registry" || awaits === "build" || awaits === "job";
}

type Judgement = readonly [status: Condition["status"], reason: Reason, message: string];

function judgeConditions(
  input: StatusInput,
  active: ObservedContainer | undefined,
  replicas: ReplicaCount,
): Record<(typeof conditionTypes)[number], Judgement> {
  const { desired, outcome, rollout, specProblem } = input;
  const target = desired.pin?.over ?? desired.target;
  const serving = replicas.ready === replicas.desired && input.stranded === undefined;
  const underWay =
    outcome.kind === "continue" ||
    (outcome.kind === "wait" && outcome.standing !== "stopped") ||
    outcome.kind === "failed";
  const rolledBack = rollout?.outcome === "rolled-back";
  const activeState =
    active === undefined
      ? "no active container"
      : `${active.name} is ${active.state}, health ${active.health}${said(active)}`;
  const ailing = input.containers.find(({ role, healthProblem }) => role === "active" && healthProblem !== undefined);
  const share = `${replicas.ready} of ${replicas.desired} replicas serve`;
  const replicasState = ailing === undefined ? share : `${share}; ${ailing.name}${said(ailing)}`;
  const state = input.stranded ?? (replicas.desired === 1 ? activeState : replicasState);
  const stale = staleMounts(desired.spec, input.containers);
  const { takenBack } = input;
  return {
    Ready: [outcome.kind === "converged" && serving ? "True" : "False", outcome.reason, outcome.because],
    SpecValid:
      specProblem === undefined
        ? ["True", "Converged", "the services file is in force"]
        : ["False", "SpecInvalid", specProblem],
    DigestResolved: target.known
      ? resolvedBy(target.digest, desired.choice)
      : ["Unknown", target.reason, target.message],
    Progressing: [
      underWay && !isRegistryTrouble(outcome, target.known) ? "True" : "False",
      outcome.reason,
      outcome.because,
    ],
    Healthy: [
      serving ? "True" : "False",
      input.flapping === undefined ? (serving ? "Converged" : outcome.reason) : "Flapping",
      input.flapping === undefined ? state : `${input.flapping}; ${state}`,
    ],
    StaleMount:
      takenBack !== undefined
        ? ["True", "ReloadFailed", stale === undefined ? takenBack : `${takenBack}; ${stale}`]
        : stale === undefined
          ? ["False", "Converged", freshMounts(desired.spec)]
          : ["True", "StaleMount", stale],
    LocalChanges:
      input.localChanges === undefined
        ? ["False", "Converged", "no commit waits for a file that a container has changed"]
        : ["True", "LocalChanges", input.localChanges],
    Promoted: promotedCondition(input.tagMoves),
    RolledBack: rolledBack ? rolledBackBy(rollout) : ["False", "Converged", "the last rollout was not rolled back"],
  };
}

function policyOf({ policy }: ServiceSpec): string | undefined {
  return policy === undefined ? undefined : formatPolicy(policy);
}

function resolvedBy(digest: string, choice: Desired["choice"]): Judgement {
  if (choice === undefined) return ["True", "Converged", digest];
  const { tag, policy, isGone } = choice;
  if (!isGone) return ["True", "Converged", `${digest}, ${tag} by policy ${policy}`];
  const because = `the registry has no ${tag} any more, and nothing that comes after it by policy ${policy}: what runs is kept`;
  return ["True", "TagGone", `${digest}; ${because}`];
}

function freshMounts({ reload }: ServiceSpec): string {
  if (reload?.kind !== "ignore") return "no mounted file has been replaced";
  const said = "the file says `reload: ignore`: what becomes of mounted files is not looked at";
  return reload.tended === undefined ? said : `${said}; what commits change in them is written, and nobody is told`;
}

function rolledBackBy({ rollback, from, to }: Rollout): Judgement {
  if (rollback !== true) return ["True", "DigestHeld", `the rollout of ${to} was rolled back`];
  return ["True", "Pinned", `a person has gone back to ${to}${from === undefined ? "" : ` from ${from}`}`];
}

function isRegistryTrouble(outcome: Outcome, known: boolean): boolean {
  return outcome.kind === "failed" && !known;
}

/** Before the first look, and for what no file declares any more. */
export function bareStatus(
  service: { readonly project: string; readonly name: string; readonly image: string },
  outcome: Pick<Outcome, "reason" | "because">,
  generation: number,
  now: number,
): ServiceStatus {
  const orphaned = outcome.reason === "Orphaned" || outcome.reason === "Removing";
  const conditions = conditionTypes.map((type): Condition => ({
    type,
    status: orphaned ? "False" : "Unknown",
    reason: outcome.reason,
    message: outcome.because,
    observedGeneration: generation,
    lastTransitionTime: new Date(now).toISOString(),
  }));
  return {
    project: service.project,
    service: service.name,
    image: service.image,
    sync: orphaned ? "OutOfSync" : "Unknown",
    // What nobody has looked for is not missing.
    health: outcome.reason === "NotObserved" ? "Unknown" : "Missing",
    desiredDigest: undefined,
    activeDigest: undefined,
    revision: undefined,
    replicas: { desired: 0, ready: 0, updated: 0 },
    conditions,
    lastRollout: undefined,
  };
}
