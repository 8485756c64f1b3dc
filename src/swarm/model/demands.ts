import type { ServiceBody } from "./body.js";

/** Something that older engines drop from a service without a word. */
export interface Demand {
  /** The API version that brought it, and the Docker release of that. */
  readonly since: string;
  readonly release: string;
  /** As the file has it. */
  readonly what: string;
  /** Without it the service is still what the file means. */
  readonly dispensable?: true;
}

const known: readonly (Demand & { readonly at: readonly string[] })[] = [
  { since: "1.44", release: "25", what: "`security_opt: no-new-privileges`", at: ["Privileges", "NoNewPrivileges"] },
  { since: "1.44", release: "25", what: "`security_opt: seccomp`", at: ["Privileges", "Seccomp"] },
  { since: "1.44", release: "25", what: "`security_opt: apparmor`", at: ["Privileges", "AppArmor"] },
  {
    ...{ since: "1.44", release: "25", what: "`healthcheck.start_interval`", dispensable: true },
    at: ["Healthcheck", "StartInterval"],
  },
  { since: "1.46", release: "27", what: "`oom_score_adj`", at: ["OomScoreAdj"] },
];

/** What a body asks of the engines of all nodes, beyond API 1.41. */
export function demandsOf({ TaskTemplate: { ContainerSpec } }: ServiceBody): readonly Demand[] {
  return known.flatMap(({ at, ...demand }) => (isThere(ContainerSpec, at) ? [demand] : []));
}

function isThere(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return value !== undefined;
  return typeof value === "object" && value !== null && isThere((value as Record<string, unknown>)[key], rest);
}
