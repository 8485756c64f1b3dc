import type { ServiceSpec } from "../../compose/model/service.js";
import type { Permissions } from "./permissions.js";
import type { Host } from "./paths.js";

/** The way to a value in the document of a project. */
export type Way = readonly (string | number)[];

/** What a project asks for and may not have. */
export interface Finding {
  /** Where that may stand: the first that is there. */
  readonly ways: readonly Way[];
  readonly message: string;
  readonly hint: string;
}

export interface Asked {
  readonly service: ServiceSpec;
  readonly permissions: Permissions;
  readonly host: Host;
}

/** A row of the table of rules. */
export interface Rule {
  /** The permission that allows it. */
  readonly key: keyof Permissions;
  readonly find: (asked: Asked) => readonly Finding[];
}

export interface Refusal {
  readonly key: keyof Permissions;
  readonly ways: readonly Way[];
  /** What the project asks for. */
  readonly what: string;
  /** What would have to be among, or be, the permission. */
  readonly allowed: string;
}

export function refusal({ key, ways, what, allowed }: Refusal): Finding {
  return {
    ways,
    message: `the policy forbids ${what}`,
    hint: `leave it out; only the settings file can allow it, with \`policy.${key}\`: ${allowed}`,
  };
}
