/*
 * How others' containers differ from ours lives here. Whether one is taken over is planned.
 */

import { bondsOf, isNamedBy } from "../../compose/model/relations.js";
import type { Bond } from "../../compose/model/relations.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import type { CreateContainerStep, Owner } from "../../plan/model/step.js";
import type { InspectedContainer } from "../client/schema.js";
import { bodyOf, recordOf, withImage } from "../create/body.js";
import type { ImageConfig, Peer, Surroundings } from "../create/body.js";
import { creationBody } from "../create/creation.js";
import { ownersIn } from "../create/owners.js";
import { endpointDifferences } from "./endpoints-of.js";
import { canonical, settingsOf } from "./settings.js";
import type { Settings } from "./settings.js";

export interface Inspected {
  readonly inspected: InspectedContainer;
  /** What the container's own image gives it, whatever its digest. */
  readonly image: ImageConfig;
}

/**
 * In which fields a container that others made is not what we would create, by Compose's names, sorted. The step is what
 * we would create it by. Names only: values may be secret.
 */
export function differencesOf(
  { inspected, image }: Inspected,
  step: CreateContainerStep,
  around: Surroundings,
  api: string,
): readonly string[] {
  const { is, wanted } = settingsBoth({ inspected, image }, step, around, api);
  const keys = new Set([...Object.keys(is), ...Object.keys(wanted)]);
  const fields = [...keys].flatMap((key) => compare(key, is, wanted, around));
  // What was copied into it cannot be seen from outside.
  const files = (step.spec.files ?? []).map(({ origin }) => origin);
  return [...fields, ...files, ...endpointDifferences(inspected, step.spec, around)].sort();
}

/** Both in the same form. `isLoggedAlike`: what differs in how they log is the daemon's own doing. */
export function settingsBoth(
  { inspected, image }: Inspected,
  step: CreateContainerStep,
  around: Surroundings,
  api: string,
): { readonly is: Settings; readonly wanted: Settings; readonly isLoggedAlike: boolean } {
  // Another container's network is told by its id, and compared by itself.
  const { networkMode: _mode, ...spec } = step.spec;
  const is = settingsOf(bodyOf(inspected), around);
  const owners = alikeOwners(inspected, step.spec, around);
  const wanted = settingsOf(withImage(creationBody({ ...step, spec, owners }, api), image), around);
  return { is, wanted, isLoggedAlike: isLoggedAlike(is["logging"], wanted["logging"], around) };
}

/** What it is to share, with those of the very services that it shares that with already; without one, with nobody. */
function alikeOwners(inspected: InspectedContainer, spec: ServiceSpec, { peers }: Surroundings): readonly Owner[] {
  const named = ownersIn(inspected);
  return bondsOf(spec).flatMap((bond): readonly Owner[] => {
    const ids = named[bond.shared] ?? [];
    const peer = peers.find((one) => ids.includes(one.id) && isMeant(bond, one));
    if (peer === undefined && "container" in bond) return [];
    return [{ ...bond, id: peer?.id ?? "", name: peer?.name ?? "" }];
  });
}

function isMeant(bond: Bond, peer: Peer): boolean {
  return "service" in bond ? peer.service === bond.service : isNamedBy(bond.container, peer);
}

/** Mappings whose entries are told one by one. */
const mappings: ReadonlySet<string> = new Set(["environment", "labels", "volumes", "sysctls"]);

function compare(key: string, isAll: Settings, wantedAll: Settings, around: Surroundings): string[] {
  const [is, wanted] = [isAll[key], wantedAll[key]];
  if (!mappings.has(key) && canonical(is) === canonical(wanted)) return [];
  if (key === "logging" && isLoggedAlike(is, wanted, around)) return [];
  if (!mappings.has(key)) return [key];
  const [left, right] = [recordOf(is), recordOf(wanted)];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].filter((name) => !isSame(key, left, right, name)).map((name) => `${key}.${name}`);
}

/** The daemon adds options of its own to those of its own driver; nothing tells them from declared ones. */
function isLoggedAlike(is: unknown, wanted: unknown, { loggingDriver }: Surroundings): boolean {
  const drivers = [is, wanted].map((logging) => recordOf(logging)["driver"] ?? loggingDriver);
  if (drivers.some((driver) => driver !== loggingDriver)) return false;
  const options = recordOf(recordOf(is)["options"]);
  return Object.entries(recordOf(recordOf(wanted)["options"])).every(([name, value]) => options[name] === value);
}

/** An empty value is a value, but not where an entry is missing. */
function isSame(key: string, left: Settings, right: Settings, name: string): boolean {
  if (Object.hasOwn(left, name) !== Object.hasOwn(right, name)) return false;
  if (key !== "volumes") return left[name] === right[name];
  // How a missing source would have been dealt with has no bearing on a mount that is there.
  const { short: _left, ...one } = recordOf(left[name]);
  const { short: _right, ...other } = recordOf(right[name]);
  return canonical(one) === canonical(other);
}
