import type { ObservedTask, ObservedTasks } from "../../plan/model/host/tasks.js";
import { printable } from "../../tools/printable.js";
import { given } from "../../tools/present.js";
import type { ClusterView, SwarmNode, SwarmTask } from "../model/cluster.js";
import { isLabelled, serviceOf } from "./generation.js";
import type { Generation } from "./generation.js";

const failures: readonly SwarmTask["state"][] = ["failed", "rejected", "orphaned"];
const longestError = 300;

/** Where the tasks of a generation are, and what the Swarm says of them and its nodes. */
export function placesOf(
  generation: Pick<Generation, "config" | "found" | "swarmService">,
  view: ClusterView,
): Omit<ObservedTasks, "wanted" | "running"> {
  const service = serviceOf(view, generation);
  const own = view.tasks.filter(({ service: of, labels }) => of === service?.id && isLabelled(labels, generation));
  const wanted = own.filter(isWanted);
  const waiting = wanted.filter(({ node, state, error }) => node === undefined && state === "pending" && error !== "");
  const because = waiting[0] === undefined ? "" : printable(waiting[0].error, longestError);
  const troubles = [...view.nodes.flatMap(troubleOf), ...quorumTrouble(view.nodes)];
  return {
    each: own
      .filter((task) => isWanted(task) || failures.includes(task.state))
      .sort((left, right) => (left.slot ?? 0) - (right.slot ?? 0) || right.createdAt - left.createdAt)
      .map((task) => shown(task, view)),
    ...given({
      unplaced: waiting.length === 0 ? undefined : { count: waiting.length, because },
      nodes: troubles.length === 0 ? undefined : troubles,
    }),
  };
}

function isWanted({ desired }: SwarmTask): boolean {
  return desired === "ready" || desired === "running" || desired === "complete";
}

function shown({ id, slot, node, state, error, since }: SwarmTask, { nodes }: ClusterView): ObservedTask {
  return {
    ...{ id, state, since },
    ...given({
      slot,
      node: node === undefined ? undefined : (nodes.find((one) => one.id === node)?.hostname ?? node),
      error: error === "" ? undefined : printable(error, longestError),
    }),
  };
}

function troubleOf({ hostname, state, availability, manager }: SwarmNode): readonly string[] {
  return [
    ...(state === "ready" ? [] : [`node ${hostname} is ${state}`]),
    ...(availability === "active" ? [] : [`node ${hostname} is set to ${availability}`]),
    ...(manager !== undefined && manager.reachability !== "reachable"
      ? [`manager ${hostname} is ${manager.reachability}`]
      : []),
  ];
}

/** How near the managers are to deciding nothing any more. */
function quorumTrouble(nodes: readonly SwarmNode[]): readonly string[] {
  const managers = nodes.flatMap(({ manager }) => manager ?? []);
  const reachable = managers.filter(({ reachability }) => reachability === "reachable").length;
  const needed = Math.floor(managers.length / 2) + 1;
  const leaderless = managers.length > 0 && !managers.some(({ isLeader }) => isLeader);
  return [
    ...(leaderless ? ["no manager is the leader"] : []),
    ...(reachable < managers.length
      ? [`${reachable} of ${managers.length} managers are reachable, and ${needed} are needed to decide anything`]
      : []),
  ];
}
