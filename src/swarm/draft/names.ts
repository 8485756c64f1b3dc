import { createHash } from "node:crypto";
import { clusterName } from "../../compose/model/cluster.js";
import { serviceHash } from "../../compose/model/hash.js";
import type { CreateContainerStep } from "../../plan/model/step.js";

/** By which `docker stack ps` and others find what belongs to a project. */
export const namespaceLabel = "com.docker.stack.namespace";

/** Swarm takes a service's name for a part of a host's name. */
const longestName = 63;

/** A run of a job is a service of its own; the hash keeps it from one that a file names so. */
export function serviceName({ spec, job }: Pick<CreateContainerStep, "spec" | "job">): string {
  const name = clusterName(spec);
  if (job === undefined) return name;
  const suffix = `-${job.phase}-${job.index}-${job.hash.slice(0, 8)}`;
  if (name.length + suffix.length <= longestName) return name + suffix;
  const rest = `${suffix}-${serviceHash(spec).slice(0, 8)}`;
  return `${name.slice(0, longestName - rest.length).replace(/[-_]+$/, "")}${rest}`;
}

/** Swarm takes no longer ones of configs and secrets. */
const longestContentName = 64;
const hashLength = 12;

/**
 * The name of a config or secret of a project: another content has another name, so that what is in use never changes. The
 * hash is of the whole name too: one that had to be cut stays its own. It is salted with the name: two secrets of equal
 * content do not look alike.
 */
export function contentName(project: string, key: string, content: Buffer): string {
  const name = `${project}_${key}`;
  const hash = createHash("sha256").update(JSON.stringify(name)).update(content).digest("hex").slice(0, hashLength);
  return `${name.slice(0, longestContentName - hashLength - 1)}-${hash}`;
}
