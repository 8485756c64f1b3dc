import type { clusterConditionTypes, Condition, Reason } from "../model/condition.js";
import type { ObservedContainer } from "../model/host/observed.js";

type Judgement = readonly [status: Condition["status"], reason: Reason, message: string];
type ClusterConditions = Readonly<Record<(typeof clusterConditionTypes)[number], Judgement>>;

/** How its cluster does by a service; none where it runs on one host. */
export function clusterConditions(containers: readonly ObservedContainer[]): Partial<ClusterConditions> {
  const there = containers.filter(({ role, job }) => job === undefined && (role === "active" || role === "next"));
  const all = there.flatMap(({ tasks }) => tasks ?? []);
  if (all.length === 0) return {};
  const unplaced = all.find((tasks) => tasks.unplaced !== undefined)?.unplaced;
  const nodes = all.find((tasks) => tasks.nodes !== undefined)?.nodes;
  return {
    Scheduled:
      unplaced === undefined
        ? ["True", "Converged", "every task has a node"]
        : ["False", "Unschedulable", `${unplaced.count} of its tasks wait for a node: ${unplaced.because}`],
    NodesReady:
      nodes === undefined ? ["True", "Converged", "all nodes take tasks"] : ["False", "NodeNotReady", nodes.join("; ")],
  };
}
