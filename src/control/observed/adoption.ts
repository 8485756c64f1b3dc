import { specHash } from "../../compose/model/hash.js";
import { containerBondsOf, isNamedBy } from "../../compose/model/relations.js";
import { serviceKey } from "../../compose/model/service.js";
import type { ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import { FairleadError } from "../../errors.js";
import { adoptionOf, candidatesFor, takeOver } from "../../plan/host/adopt.js";
import type { Adopted, Candidate } from "../../plan/host/adopt.js";
import { isAdoptable, matchOf } from "../../plan/host/match.js";
import { leaseOf, withoutOthers } from "../../plan/host/others.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../plan/model/host/observed.js";
import type { StepOf } from "../../plan/model/step.js";
import type { ServiceRecord } from "../journal/record.js";
import type { Claim, Engine } from "../ports/engine.js";
import type { Others } from "../ports/others.js";
import { creation } from "./creation.js";

export interface AdoptionOptions {
  readonly engine: Engine;
  readonly specs: () => Iterable<ServiceSpec>;
  /** Whose containers are not ours though they could be. Absent: there is no other controller. */
  readonly others?: Others | undefined;
  readonly record: (key: ServiceKey) => ServiceRecord;
  /** A container is taken over for the first time. */
  readonly remember: (key: ServiceKey, container: Candidate["container"], adopted: Adopted) => Promise<void>;
}

/**
 * Looks at the host, and shows containers that others made as ours where that was asked for: for each by a person, or for
 * all of a service by its spec.
 */
export class Adoption {
  /** By container, spec hash and what has been observed of it: a container's make does not change by itself. */
  #differences = new Map<string, readonly string[]>();

  constructor(private readonly options: AdoptionOptions) {}

  /** `supposing`: as if all that can be adopted were; nothing is remembered then. */
  async look(supposing = false): Promise<HostSnapshot> {
    const specs = [...this.options.specs()];
    const provided = specs.flatMap((spec) => containerBondsOf(spec).map(({ container }) => container));
    const claim: Claim = (container) => {
      const claimant = specs.find((spec) => matchOf(spec, container) !== undefined);
      if (claimant !== undefined) return { project: claimant.project, service: claimant.name };
      return provided.some((reference) => isNamedBy(reference, container)) ? "provider" : undefined;
    };
    const host = await this.#oursOf(
      await this.options.engine.snapshot(claim),
      new Set(specs.map((spec) => spec.project)),
    );
    const known = new Map<string, readonly string[]>();
    const adopted = await Promise.all(specs.map((spec) => this.#adopt(spec, host, known, supposing)));
    if (!supposing) this.#differences = known;
    const containers = adopted.flat();
    if (containers.length === 0) return host;
    const ids = new Set(containers.map(({ id }) => id));
    return {
      ...host,
      containers: [...host.containers, ...containers],
      foreign: host.foreign.filter(({ id }) => !ids.has(id)),
    };
  }

  /** What another controller answers for is foreign. Nobody is asked of projects that are not declared here. */
  async #oursOf(host: HostSnapshot, projects: ReadonlySet<string>): Promise<HostSnapshot> {
    const { others } = this.options;
    if (others === undefined) return host;
    const isConcerned = (project: string) => projects.has(project);
    const leases = host.containers.filter(({ project }) => isConcerned(project)).map(leaseOf);
    const inCharge = await others.inCharge(leases);
    return inCharge.size === 0 ? host : withoutOthers(host, inCharge, isConcerned);
  }

  /** A person asks for it: answers the names of what is taken over. */
  async ask(key: ServiceKey, spec: ServiceSpec | undefined, host: HostSnapshot): Promise<readonly string[]> {
    if (spec === undefined) return [];
    const candidates = candidatesFor(spec, host).filter(isAdoptable);
    for (const candidate of candidates) {
      await this.options.remember(key, candidate.container, adoptionOf(candidate, spec, host));
    }
    return candidates.map(({ container }) => container.name);
  }

  async #adopt(
    spec: ServiceSpec,
    host: HostSnapshot,
    known: Map<string, readonly string[]>,
    supposing: boolean,
  ): Promise<readonly ObservedContainer[]> {
    const key = serviceKey(spec.project, spec.name);
    const { adopted } = this.options.record(key);
    const candidates = candidatesFor(spec, host).filter(
      (candidate) =>
        adopted.has(candidate.container.id) || ((supposing || spec.adopt === true) && isAdoptable(candidate)),
    );
    return Promise.all(
      candidates.map(async (candidate) => {
        const before = adopted.get(candidate.container.id);
        const remembered = before ?? adoptionOf(candidate, spec, host);
        // Before anything is done with it: its restart policy is the first thing that a rollout takes away.
        if (before === undefined && !supposing) await this.options.remember(key, candidate.container, remembered);
        const differences =
          candidate.role === "active" ? await this.#differencesOf(candidate, spec, remembered, known) : [];
        return takeOver(candidate, { spec, specHash: specHash(spec) }, remembered, differences);
      }),
    );
  }

  async #differencesOf(
    { container, slot }: Candidate,
    spec: ServiceSpec,
    { restart, digest }: Adopted,
    known: Map<string, readonly string[]>,
  ): Promise<readonly string[]> {
    const hash = specHash(spec);
    const print = JSON.stringify([container.id, hash, container.name, container.make, container.facts.networks]);
    const differences =
      this.#differences.get(print) ??
      (await this.#compare(container.id, creation(spec, hash, slot, { digest, from: container.facts.imageId })));
    known.set(print, differences);
    const wanted = spec.container.restart;
    const same = restart.name === wanted.name && restart.maximumRetryCount === wanted.maximumRetryCount;
    return same ? differences : [...differences, "restart"].sort();
  }

  async #compare(id: string, step: StepOf<"create-container">): Promise<readonly string[]> {
    try {
      return await this.options.engine.differences(id, step);
    } catch (thrown) {
      // What cannot be compared any more is not what the file asks for; if it is gone, the next look tells.
      if (thrown instanceof FairleadError && thrown.code === "ImageNotFound") return ["image"];
      if (thrown instanceof FairleadError && thrown.code === "ContainerGone") return ["container"];
      throw thrown;
    }
  }
}
