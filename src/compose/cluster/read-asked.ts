import { given } from "../../tools/present.js";
import { read, type Node } from "../document/node.js";
import { labels } from "../document/pairs.js";
import { choice, duration, integer } from "../document/scalar.js";
import { fields, type Fields } from "../keys/fields.js";
import type { deployKeys } from "../keys/keys.js";
import { restartPolicyKeys } from "../keys/option-keys.js";
import type { ClusterPort, ClusterRestart, ClusterSpec, StoredFile } from "../model/cluster.js";
import type { PortMapping, RestartPolicy } from "../model/service.js";
import type { Asked } from "./asked.js";
import { placement } from "./placement.js";
import { reserved } from "./reserved.js";

/** What else of a service has been read already. */
interface Known {
  readonly ports: readonly { readonly port: PortMapping; readonly mode: ClusterPort["mode"] }[];
  readonly restart: RestartPolicy;
  readonly grants: {
    readonly stored: readonly StoredFile[];
    readonly labels: ReadonlyMap<string, Readonly<Record<string, string>>>;
  };
}

const modes: readonly ClusterSpec["mode"][] = ["replicated", "global", "replicated-job", "global-job"];

/** What a service says for a Swarm alone. */
export function askedOf(deploy: Fields<typeof deployKeys>, { ports, restart, grants }: Known): Asked {
  return {
    ...given({
      mode: read(deploy("mode"), (at) => choice(at, modes)),
      placement: read(deploy("placement"), placement),
      endpointMode: read(deploy("endpoint_mode"), (at) => choice(at, ["vip", "dnsrr"] as const)),
      restart: read(deploy("restart_policy"), (at) => restartPolicy(at, restart)),
      reserved: reserved(deploy),
      labels: read(deploy("labels"), labels),
    }),
    ports: ports.map(({ port: { hostPort, containerPort, protocol }, mode }) => ({
      ...{ containerPort, protocol, mode },
      ...given({ publishedPort: hostPort }),
    })),
    fileLabels: grants.labels,
    stored: grants.stored,
  };
}

/** `condition` has been read with the service's own `restart`, whose place it takes. */
function restartPolicy(node: Node, { name }: RestartPolicy): ClusterRestart {
  const field = fields(node, restartPolicyKeys);
  const maxAttempts = read(field("max_attempts"), (at) => integer(at, 0, 999_999_999));
  return {
    condition: name === "no" ? "none" : name === "on-failure" ? "on-failure" : "any",
    ...given({
      delayMs: read(field("delay"), duration),
      // 0 is Swarm's word for no limit.
      maxAttempts: maxAttempts === 0 ? undefined : maxAttempts,
      windowMs: read(field("window"), duration),
    }),
  };
}
