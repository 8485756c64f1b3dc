import { didYouMean, quoted, read, report, warn, type Node } from "../document/node.js";
import { integer, text } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { restartPolicyKeys } from "../keys/option-keys.js";
import type { RestartPolicy, ServiceSpec } from "../model/service.js";
import { nearest } from "../../tools/suggest.js";

export interface Ending extends Pick<ServiceSpec, "mayEnd"> {
  readonly restart: RestartPolicy;
}

/**
 * What is to follow when a container ends. The policy under `deploy` counts where both are written, as in Compose. One that
 * is written and lets an end be an end says that the service may end; where nothing is written it is to be kept running.
 */
export function endingOf(own: Node | undefined, deployed: Node | undefined): Ending {
  const written = read(own, restartPolicy);
  const policy = read(deployed, deployedRestart);
  const isOther = written?.name !== policy?.name || written?.maximumRetryCount !== policy?.maximumRetryCount;
  if (own !== undefined && policy !== undefined && isOther) {
    warn(own, own.place.key, "does not count", "`deploy.restart_policy` takes its place");
  }
  const restart = policy ?? written;
  if (restart === undefined) return { restart: { name: "no", maximumRetryCount: 0 } };
  return restart.name === "no" || restart.name === "on-failure" ? { restart, mayEnd: true } : { restart };
}

const names = ["no", "always", "unless-stopped", "on-failure"] as const;

/** `restart`: `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:N`. */
function restartPolicy(node: Node): RestartPolicy | null {
  const written = text(node);
  if (written === null) return null;
  const limit = /^on-failure:(\d{1,9})$/.exec(written)?.[1];
  if (limit !== undefined) return { name: "on-failure", maximumRetryCount: Number(limit) };
  const name = names.find((known) => known === written);
  if (name !== undefined) return { name, maximumRetryCount: 0 };
  const meant = nearest(written, names);
  const hint = meant === undefined ? `one of ${names.join(", ")}, on-failure:N` : didYouMean(meant);
  return report(node, `${quoted(node)} is not a restart policy`, hint);
}

const conditions: ReadonlyMap<string, RestartPolicy["name"]> = new Map([
  ["none", "no"],
  ["any", "always"],
  ...names.map((name) => [name, name] as const),
]);

/** `deploy.restart_policy`: without a condition, any end is answered with a start. */
function deployedRestart(node: Node): RestartPolicy {
  const field = fields(node, restartPolicyKeys);
  const name = read(field("condition"), condition) ?? "always";
  const attempts = read(field("max_attempts"), (at) => integer(at, 0, 999_999_999)) ?? 0;
  const limit = field("max_attempts");
  if (limit !== undefined && attempts > 0 && name !== "on-failure" && node.reading.engine !== "swarm") {
    report(limit, "the engine counts attempts after a failure only", "write `condition: on-failure`");
  }
  return { name, maximumRetryCount: attempts };
}

function condition(node: Node): RestartPolicy["name"] | null {
  const written = text(node);
  if (written === null) return null;
  const known = [...conditions.keys()];
  const meant = nearest(written, known);
  const hint = meant === undefined ? `one of ${known.join(", ")}` : didYouMean(meant);
  return conditions.get(written) ?? report(node, `${quoted(node)} is not a condition`, hint);
}
