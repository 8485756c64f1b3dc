/*
 * Mappings that mean something on a Swarm only.
 */

import type { KeyTable } from "./support.js";

const supported = { support: "supported" } as const;

export const placementKeys = {
  constraints: supported,
  preferences: supported,
  max_replicas_per_node: supported,
} as const satisfies KeyTable;

export const preferenceKeys = { spread: supported } as const satisfies KeyTable;

export const genericResourceKeys = { discrete_resource_spec: supported } as const satisfies KeyTable;

export const discreteResourceKeys = { kind: supported, value: supported } as const satisfies KeyTable;
