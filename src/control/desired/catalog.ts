/*
 * What should run lives here. What does run is observed.
 */

import { containerBondsOf, dependenciesOf, isNamedBy, serviceBondsOf } from "../../compose/model/relations.js";
import { serviceKey } from "../../compose/model/service.js";
import type { ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import { formatImage } from "../../compose/values/image.js";
import type { ImageHint } from "../../compose/values/image.js";
import { formatProblem } from "../../compose/values/problem.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import { claimOf } from "../../plan/model/host/resources.js";
import type { ResourceClaim } from "../../plan/model/host/resources.js";
import { bareStatus } from "../../plan/status/status.js";
import { localChangesIn, takenBackIn } from "./local-changes.js";
import { TagRules } from "./tag-rules.js";
import type { Subject } from "../ports/events.js";
import type { SourceSnapshot } from "../ports/source.js";

/** What the files say of one service, and how well they say it. */
export interface Declared {
  readonly spec: ServiceSpec;
  readonly generation: number;
  /** The newest version of its file is broken: this is from the last good one. */
  readonly specProblem: string | undefined;
  /** Files that it mounts and that a container and a commit have both changed. */
  readonly localChanges?: string | undefined;
  /** Files that it mounts and that do not hold what git has, since a process has taken that badly. */
  readonly takenBack?: string | undefined;
}

export interface Dependant {
  readonly key: ServiceKey;
  readonly isBound: boolean;
}

/** The declared services, and how each was last seen to stand. */
export class Catalog {
  #snapshot: SourceSnapshot = { generation: 0, projects: [], problems: [], warnings: [], files: new Map() };
  #specs: ReadonlyMap<ServiceKey, ServiceSpec> = new Map();
  #dependants: ReadonlyMap<ServiceKey, ReadonlyMap<ServiceKey, Dependant>> = new Map();
  /** Those that share something of a container which their file names. */
  #guests: readonly ServiceSpec[] = [];
  #claims: readonly ResourceClaim[] = [];
  #claimsNow: readonly ResourceClaim[] | undefined;
  /** Those that are about to start a container. */
  readonly #coming = new Set<ServiceKey>();
  /** What is wrong with the newest file of each project. */
  #problems: ReadonlyMap<string, string | undefined> = new Map();
  readonly #statuses = new Map<ServiceKey, ServiceStatus>();
  /** By the reason of their condition Ready. */
  readonly #byReason = new Map<string, Set<ServiceKey>>();
  /** Those that have not been looked at yet, or are not yet what they are to be. */
  readonly #onTheirWay = new Set<ServiceKey>();
  readonly #rules = new TagRules();

  get snapshot(): SourceSnapshot {
    return this.#snapshot;
  }

  get specs(): ReadonlyMap<ServiceKey, ServiceSpec> {
    return this.#specs;
  }

  /** What the declared services are to have for themselves. */
  get claims(): readonly ResourceClaim[] {
    this.#claimsNow ??= this.#claims.map((claim) =>
      this.#coming.has(serviceKey(claim.project, claim.service)) ? { ...claim, isComing: true } : claim,
    );
    return this.#claimsNow;
  }

  get statuses(): ReadonlyMap<ServiceKey, ServiceStatus> {
    return this.#statuses;
  }

  /** Takes the files' word; answers which services are new and which are gone. */
  adopt(snapshot: SourceSnapshot, now: number): { readonly added: ServiceKey[]; readonly removed: ServiceKey[] } {
    const services = snapshot.projects.flatMap((project) => project.services);
    const specs = new Map(services.map((spec) => [serviceKey(spec.project, spec.name), spec]));
    const removed = [...this.#specs.keys()].filter((key) => !specs.has(key));
    const added = [...specs.keys()].filter((key) => !this.#specs.has(key));
    this.#snapshot = snapshot;
    this.#specs = specs;
    this.#dependants = dependantsAmong(services);
    this.#guests = services.filter((spec) => containerBondsOf(spec).length > 0);
    this.#claims = services.map(claimOf);
    this.#claimsNow = undefined;
    this.#problems = new Map(snapshot.projects.map(({ name, file }) => [name, problemOf(file, snapshot)]));
    for (const key of removed) this.publish(key, undefined, false);
    for (const key of added) {
      const spec = specs.get(key);
      if (spec !== undefined) this.publish(key, unseen(spec, snapshot.generation, now), true);
    }
    return { added, removed };
  }

  declared(key: ServiceKey): Declared | undefined {
    const spec = this.#specs.get(key);
    if (spec === undefined) return undefined;
    const { generation } = this.#snapshot;
    const specProblem = this.#problems.get(spec.project);
    const [localChanges, takenBack] = [localChangesIn(spec, this.#snapshot), takenBackIn(spec, this.#snapshot)];
    return { spec, generation, specProblem, localChanges, takenBack };
  }

  /** Undefined: nothing of the service is left. */
  publish(key: ServiceKey, status: ServiceStatus | undefined, onItsWay: boolean): void {
    if (status !== undefined && onItsWay) this.#onTheirWay.add(key);
    else this.#onTheirWay.delete(key);
    const reason = reasonOfReady(status);
    const before = reasonOfReady(this.#statuses.get(key));
    if (status === undefined) this.#statuses.delete(key);
    else this.#statuses.set(key, status);
    if (reason !== before) this.#sort(key, before, reason);
    const isComing = coming.has(reason);
    if (isComing === this.#coming.has(key)) return;
    if (isComing) this.#coming.add(key);
    else this.#coming.delete(key);
    this.#claimsNow = undefined;
  }

  #sort(key: ServiceKey, before: string | undefined, now: string | undefined): void {
    if (before !== undefined) this.#byReason.get(before)?.delete(key);
    if (now === undefined) return;
    const those = this.#byReason.get(now) ?? new Set();
    this.#byReason.set(now, those.add(key));
  }

  /** Those that stand as one of these reasons says. */
  keysFor(reasons: Iterable<string>): readonly ServiceKey[] {
    return [...reasons].flatMap((reason) => [...(this.#byReason.get(reason) ?? [])]);
  }

  isOnItsWay(key: ServiceKey): boolean {
    return this.#onTheirWay.has(key);
  }

  /** With a policy any tag counts that it may choose. A service that declares a digest is concerned by no push. */
  keysForImage(pushed: ImageHint): readonly ServiceKey[] {
    return [...this.#specs].filter(([, spec]) => this.#rules.concerns(pushed, spec)).map(([key]) => key);
  }

  keysForName(name: string): readonly ServiceKey[] {
    const keys = [...this.#specs.keys()];
    if (name.includes("/")) return keys.filter((key) => key === name);
    const named = keys.filter((key) => key.endsWith(`/${name}`));
    return named.length === 1 ? named : [];
  }

  keysForContainer(name: string): readonly ServiceKey[] {
    const owners = [...this.#specs].filter(([, { containerName, project, name: service }]) => {
      if (containerName !== undefined) return containerName === name;
      const prefix = `${project}-${service}-`;
      return name.startsWith(prefix) && /^\d{1,9}$/.test(name.slice(prefix.length));
    });
    return owners.map(([key]) => key);
  }

  /** The services that depend on this one, and whether what happens to its containers concerns theirs at any time. */
  dependantsOf(key: ServiceKey): readonly Dependant[] {
    return [...(this.#dependants.get(key)?.values() ?? [])];
  }

  /** The services that share something of a container which their file names. */
  guestsOf({ id, names }: Subject): readonly ServiceKey[] {
    const isMeant = (container: string) => names.some((name) => isNamedBy(container, { id, name }));
    return this.#guests
      .filter((spec) => containerBondsOf(spec).some(({ container }) => isMeant(container)))
      .map(({ project, name }) => serviceKey(project, name));
  }
}

/** By the service they depend on. Each change of a status asks: so it is found out once for each version of the files. */
function dependantsAmong(
  services: readonly ServiceSpec[],
): ReadonlyMap<ServiceKey, ReadonlyMap<ServiceKey, Dependant>> {
  const all = new Map<ServiceKey, Map<ServiceKey, Dependant>>();
  const add = (on: ServiceKey, key: ServiceKey, isBound: boolean) => {
    const known = all.get(on) ?? new Map<ServiceKey, Dependant>();
    known.set(key, { key, isBound: isBound || known.get(key)?.isBound === true });
    all.set(on, known);
  };
  for (const spec of services) {
    const key = serviceKey(spec.project, spec.name);
    const bonds = new Set(serviceBondsOf(spec).map(({ service }) => service));
    for (const { service, restart } of dependenciesOf(spec)) {
      add(serviceKey(spec.project, service), key, bonds.has(service) || restart === true);
    }
    if (spec.gateOf === undefined) continue;
    // A gate and what is behind it concern each other in all they do.
    const owner = serviceKey(spec.project, spec.gateOf);
    add(owner, key, true);
    add(key, owner, true);
  }
  return all;
}

/** A container of the service is about to start, unless its image cannot be had; it waits for nobody. */
const coming: ReadonlySet<string | undefined> = new Set(["NotObserved", "Pulling", "RolloutStarted", "Restoring"]);

function unseen(spec: ServiceSpec, generation: number, now: number): ServiceStatus {
  const service = { project: spec.project, name: spec.name, image: formatImage(spec.image) };
  const outcome = { reason: "NotObserved", because: "it has not been looked at yet" } as const;
  return bareStatus(service, outcome, generation, now);
}

function problemOf(file: string, { files }: SourceSnapshot): string | undefined {
  const problem = files.get(file)?.[0];
  return problem === undefined ? undefined : formatProblem(problem);
}

export function reasonOfReady(status: ServiceStatus | undefined): string | undefined {
  return status?.conditions.find((condition) => condition.type === "Ready")?.reason;
}
