import type { ServiceSpec } from "../../../compose/model/service.js";

/**
 * What counts for a container and is not shown by it, by the file's keys. It bears the hash of all that counts: where that is
 * the file's, so is this; else nobody can tell.
 */
const untold: Readonly<Record<string, (spec: ServiceSpec) => boolean>> = {
  container_name: ({ containerName }) => containerName !== undefined,
  "the aliases in `networks`": ({ networks }) => networks.some(({ aliases }) => aliases.length > 1),
  "the contents of `configs` and `secrets`": ({ files = [] }) => files.length > 0,
  pre_start: ({ preStart = [] }) => preStart.length > 0,
  post_start: ({ postStart = [] }) => postStart.length > 0,
};

export function untoldOf(spec: ServiceSpec): readonly string[] {
  return Object.entries(untold).flatMap(([key, isSaid]) => (isSaid(spec) ? [key] : []));
}
