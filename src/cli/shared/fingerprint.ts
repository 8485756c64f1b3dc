import { createHash } from "node:crypto";
import type { ServicePlan } from "../../control/surface/forecast/service-plan.js";

const wholeLength = 16;
/** Of each plan, in their order: enough to say which one is another. */
const partLength = 2;
const mostParts = 200;

type Planned = Pick<ServicePlan, "project" | "service" | "text" | "declared">;

/** Identifies plans: what would be done, and for which declarations. Sixteen hexadecimal digits, a dash, and two for each plan. */
export function fingerprintOf(plans: readonly Planned[]): string {
  const hashes = sorted(plans).map(hashOf);
  const parts = hashes.slice(0, mostParts).map((hash) => hash.slice(0, partLength));
  return `${hashed(hashes.join()).slice(0, wholeLength)}-${parts.join("")}`;
}

/** Whether it may be one. */
export function isFingerprint(text: string): boolean {
  return new RegExp(`^[0-9a-f]{${wholeLength}}-(?:[0-9a-f]{${partLength}})*$`).test(text);
}

/** The plans that are others than those of the fingerprint, as far as it tells; all of them where there are more or fewer now. */
export function changedSince<T extends Planned>(fingerprint: string, plans: readonly T[]): readonly T[] {
  if (fingerprintOf(plans) === fingerprint) return [];
  const now = sorted(plans);
  const parts = fingerprint.slice(wholeLength + 1).match(new RegExp(`.{${partLength}}`, "g")) ?? [];
  if (parts.length !== Math.min(now.length, mostParts)) return now;
  const changed = now.filter((plan, index) => parts[index] !== hashOf(plan).slice(0, partLength));
  return changed.length === 0 ? now : changed;
}

function sorted<T extends Planned>(plans: readonly T[]): readonly T[] {
  const keyOf = ({ project, service }: Planned) => `${project}/${service}`;
  return [...plans].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

function hashOf({ project, service, declared, text }: Planned): string {
  return hashed(JSON.stringify([project, service, declared ?? null, text]));
}

function hashed(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
