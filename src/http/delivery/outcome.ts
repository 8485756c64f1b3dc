import type { DeliveryOutcome } from "../../control/surface/deliveries.js";

/** What a receiver can be of: `POST /hooks/<type>`. */
export const hookTypes = [
  ...(["dockerhub", "harbor", "quay", "distribution", "zot", "acr", "eventgrid", "ecr", "sns"] as const),
  ...(["gar", "artifactory", "nexus", "aliyun", "cloudsmith"] as const),
  ...(["github", "gitlab", "gitea", "gogs", "bitbucket", "azure-devops"] as const),
  ...(["generic", "standard", "cloudevents", "delivery-hook"] as const),
] as const;
export type HookType = (typeof hookTypes)[number];

/** What deliveries may have come in by: a named receiver, a sender's type, or another name of its. */
export function hookNames(receivers: readonly string[]): readonly string[] {
  return [...receivers, ...hookTypes, "forgejo"];
}

/** What became of a delivery, as `fairlead_hooks_total` counts it: few words, whatever strangers send. */
export const hookOutcomes = [
  "accepted",
  "ignored",
  "unauthorized",
  "limited",
  "invalid",
  "unavailable",
  "error",
] as const satisfies readonly DeliveryOutcome[];
export type HookOutcome = (typeof hookOutcomes)[number];

/** The outcome follows from the answer's status; an undefined one is a sender that went away before it had an answer. */
export function hookOutcome(status: number | undefined): HookOutcome {
  if (status === undefined) return "invalid";
  if (status === 202) return "accepted";
  if (status < 300) return "ignored";
  if (status === 404 || status === 401) return "unauthorized";
  if (status === 429) return "limited";
  if (status < 500) return "invalid";
  return status === 503 ? "unavailable" : "error";
}
