import type { ObservedHelper } from "../../plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../plan/model/host/observed.js";
import type { CreateHelperStep } from "../../plan/model/step.js";
import type { ListedContainer } from "../client/schema.js";
import type { Labels } from "../create/labels.js";
import { namesOf } from "./listing.js";

/** Those of a service are not among them: nothing is to take a helper for a part of it. */
export function helperLabels({ project, service, lifeline, of }: CreateHelperStep, lease: string): Labels {
  return {
    "fairlead.helper": lifeline,
    "fairlead.helper.project": project,
    "fairlead.helper.service": service,
    "fairlead.helper.of": of,
    "fairlead.helper.lease": lease,
  };
}

const states: readonly string[] = ["created", "running", "restarting", "paused", "exited", "dead", "removing"];

/** The helpers of the controllers that share this lease, as a list shows them. */
export function helpersIn(listed: readonly ListedContainer[], lease: string): readonly ObservedHelper[] {
  return listed.flatMap((one): ObservedHelper[] => {
    const labels = one.Labels ?? {};
    const lifeline = labels["fairlead.helper"];
    const [project, service, of] = ["project", "service", "of"].map((key) => labels[`fairlead.helper.${key}`]);
    if (lifeline !== "controller" && lifeline !== "line") return [];
    if (!project || !service || !of || labels["fairlead.helper.lease"] !== lease) return [];
    const original = listed.find(({ Id }) => Id === of);
    const state = (states.includes(one.State ?? "") ? one.State : "dead") as ObservedContainer["state"];
    const originalRuns = original?.State === "running" || original?.State === "restarting";
    const createdAt = (one.Created ?? 0) * 1_000;
    return [
      { id: one.Id, name: namesOf(one)[0] ?? "", project, service, lifeline, of, originalRuns, state, createdAt },
    ];
  });
}
