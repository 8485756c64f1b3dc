import type { Claim } from "../control/ports.js";
import type { ContainerFacts, HostSnapshot, ObservedContainer } from "../plan/observed.js";
import type { Connection } from "./connection.js";
import { inspectContainer, listContainers } from "./containers.js";
import { EndMemory } from "./end-memory.js";
import { ExecMemory } from "./exec-memory.js";
import { Flight } from "./flight.js";
import { HealthMemory } from "./health-memory.js";
import { listImages, observeImages } from "./images.js";
import { readIdentity } from "./labels.js";
import { ageIn, fingerprint, foreignOf } from "./listing.js";
import { observeNetworks } from "./network-observation.js";
import { listNetworks } from "./networks.js";
import { factsOf, observe } from "./observation.js";
import type { ListedContainer, ListedImage, ListedNetwork } from "./schema.js";
import { Staleness } from "./staleness.js";
import type { Stale } from "./staleness.js";
import { listVolumes } from "./volumes.js";

interface Known {
  readonly fingerprint: string;
  readonly age: number | undefined;
  readonly owner: Owner;
  /** Absent: it is not ours, but claimed. */
  readonly observed: ObservedContainer | undefined;
  readonly facts: ContainerFacts;
}

/** The service that a container belongs to, or may come to belong to. */
interface Owner {
  readonly id: string;
  readonly project: string;
  readonly service: string;
}

const claimNone: Claim = () => undefined;

const inspectionsAtOnce = 8;

/** What is known of the host, and what of it must be asked again. */
export class Host {
  readonly stale = new Staleness();
  readonly health = new HealthMemory();
  readonly ends = new EndMemory();
  readonly execs = new ExecMemory();
  #lostSince: number | undefined;
  #outage: HostSnapshot["engineOutage"];
  #claim: Claim = claimNone;
  #known: ReadonlyMap<string, Known> = new Map();
  #networks: readonly ListedNetwork[] = [];
  #volumes: HostSnapshot["volumes"] = new Map();
  #images: readonly ListedImage[] = [];
  readonly #flight: Flight<HostSnapshot>;

  constructor(
    private readonly connection: Connection,
    private readonly clock: () => number,
  ) {
    this.#flight = new Flight(() => this.#look());
  }

  /** One container list for all who ask at the same time. */
  snapshot(claim: Claim = claimNone): Promise<HostSnapshot> {
    this.#claim = claim;
    return this.#flight.join();
  }

  /** The engine is out of reach, after we have followed it. */
  lost(): void {
    this.#lostSince ??= this.ends.beginningOf(this.clock());
  }

  /** The engine answers. */
  found(): void {
    if (this.#lostSince !== undefined) this.#outage = { from: this.#lostSince, to: this.clock() };
    this.#lostSince = undefined;
  }

  /** Whose the container is, if it is ours or claimed. */
  find(id: string): Owner | undefined {
    return this.#known.get(id)?.owner;
  }

  async #look(): Promise<HostSnapshot> {
    const stale = this.stale.take();
    try {
      const [listed] = await Promise.all([listContainers(this.connection), this.#refreshLists(stale)]);
      this.found();
      // Read after the list: nothing that is observed may lie in its future.
      const takenAt = this.clock();
      const owned = listed.flatMap((container) => {
        const owner = this.#ownerOf(container);
        return owner === undefined ? [] : [{ listed: container, owner }];
      });
      this.#known = await this.#inspect(owned, stale);
      const ids = new Set(owned.map(({ owner }) => owner.id));
      this.health.keepOnly(ids);
      this.ends.keepOnly(ids);
      this.execs.keepOnly(ids);
      return this.#snapshot(listed, takenAt);
    } catch (error) {
      this.stale.giveBack(stale);
      throw error;
    }
  }

  async #refreshLists({ lists }: Stale): Promise<void> {
    const { connection } = this;
    await Promise.all([
      lists.has("networks") ? listNetworks(connection).then((networks) => (this.#networks = networks)) : undefined,
      lists.has("volumes") ? listVolumes(connection).then((volumes) => (this.#volumes = volumes)) : undefined,
      lists.has("images") ? listImages(connection).then((images) => (this.#images = images)) : undefined,
    ]);
  }

  #ownerOf(listed: ListedContainer): Owner | undefined {
    const owner = readIdentity(listed.Labels ?? {}) ?? this.#claim(foreignOf(listed));
    return owner === undefined ? undefined : { id: listed.Id, project: owner.project, service: owner.service };
  }

  async #inspect(
    owned: readonly { readonly listed: ListedContainer; readonly owner: Owner }[],
    stale: Stale,
  ): Promise<ReadonlyMap<string, Known>> {
    const known = new Map<string, Known>();
    const queue = owned.values();
    const worker = async () => {
      for (const { listed, owner } of queue) {
        const entry = await this.#refresh(listed, owner, stale);
        if (entry !== undefined) known.set(listed.Id, entry);
      }
    };
    await Promise.all(Array.from({ length: inspectionsAtOnce }, worker));
    return known;
  }

  async #refresh(listed: ListedContainer, owner: Owner, stale: Stale): Promise<Known | undefined> {
    const before = this.#known.get(listed.Id);
    const print = fingerprint(listed);
    const age = ageIn(listed.Status ?? "");
    const same = before?.fingerprint === print && (age ?? 0) >= (before.age ?? 0);
    if (same && !stale.everything && !stale.containers.has(listed.Id)) return { ...before, age, owner };
    const inspected = await inspectContainer(this.connection, listed.Id);
    if (inspected === undefined) return undefined;
    const facts = this.health.remember(factsOf(inspected), this.clock());
    const observed = observe(inspected);
    return {
      fingerprint: print,
      age,
      owner,
      facts,
      observed: observed === undefined ? undefined : { ...observed, ...facts },
    };
  }

  #snapshot(listed: readonly ListedContainer[], takenAt: number): HostSnapshot {
    const containers = listed.flatMap(({ Id }) => this.#withCause(this.#known.get(Id)?.observed) ?? []);
    const foreign = listed.filter((container) => readIdentity(container.Labels ?? {}) === undefined);
    return {
      takenAt,
      containers,
      foreign: foreign.map((container) => {
        const facts = this.#withCause(this.#known.get(container.Id)?.facts);
        return { ...foreignOf(container), facts };
      }),
      networks: observeNetworks(this.#networks, foreign),
      volumes: this.#volumes,
      images: observeImages(this.#images, listed),
      engineOutage: this.#outage,
    };
  }

  #withCause<T extends ContainerFacts>(observed: T | undefined): T | undefined {
    if (observed?.finishedAt === undefined || !this.ends.byRequest(observed.id)) return observed;
    return { ...observed, endedByRequest: true };
  }
}
