import type { HostSnapshot, ObservedContainer } from "../plan/observed.js";
import type { Connection } from "./connection.js";
import { inspectContainer, listContainers } from "./containers.js";
import { EndMemory } from "./end-memory.js";
import { ExecMemory } from "./exec-memory.js";
import { Flight } from "./flight.js";
import { HealthMemory } from "./health-memory.js";
import { listImages, observeImages } from "./images.js";
import { readIdentity } from "./labels.js";
import { ageIn, fingerprint, namesOf } from "./listing.js";
import { observeNetworks } from "./network-observation.js";
import { listNetworks } from "./networks.js";
import { observe } from "./observation.js";
import type { ListedContainer, ListedImage, ListedNetwork } from "./schema.js";
import { Staleness } from "./staleness.js";
import type { Stale } from "./staleness.js";
import { listVolumes } from "./volumes.js";

interface Known {
  readonly fingerprint: string;
  readonly age: number | undefined;
  readonly observed: ObservedContainer;
}

const inspectionsAtOnce = 8;

/** What is known of the host, and what of it must be asked again. */
export class Host {
  readonly stale = new Staleness();
  readonly health = new HealthMemory();
  readonly ends = new EndMemory();
  readonly execs = new ExecMemory();
  #lostSince: number | undefined;
  #outage: HostSnapshot["engineOutage"];
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
  snapshot(): Promise<HostSnapshot> {
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

  /** The container as last seen, if it is ours. */
  find(id: string): ObservedContainer | undefined {
    return this.#known.get(id)?.observed;
  }

  async #look(): Promise<HostSnapshot> {
    const stale = this.stale.take();
    try {
      const [listed] = await Promise.all([listContainers(this.connection), this.#refreshLists(stale)]);
      this.found();
      // Read after the list: nothing that is observed may lie in its future.
      const takenAt = this.clock();
      const ours = listed.filter((container) => readIdentity(container.Labels ?? {}) !== undefined);
      this.#known = await this.#inspect(ours, stale);
      const ids = new Set(ours.map(({ Id }) => Id));
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

  async #inspect(ours: readonly ListedContainer[], stale: Stale): Promise<ReadonlyMap<string, Known>> {
    const known = new Map<string, Known>();
    const queue = ours.values();
    const worker = async () => {
      for (const listed of queue) {
        const entry = await this.#refresh(listed, stale);
        if (entry !== undefined) known.set(listed.Id, entry);
      }
    };
    await Promise.all(Array.from({ length: inspectionsAtOnce }, worker));
    return known;
  }

  async #refresh(listed: ListedContainer, stale: Stale): Promise<Known | undefined> {
    const before = this.#known.get(listed.Id);
    const print = fingerprint(listed);
    const age = ageIn(listed.Status ?? "");
    const same = before?.fingerprint === print && (age ?? 0) >= (before.age ?? 0);
    if (same && !stale.everything && !stale.containers.has(listed.Id)) return { ...before, age };
    const inspected = await inspectContainer(this.connection, listed.Id);
    const observed = inspected === undefined ? undefined : observe(inspected);
    if (observed === undefined) return undefined;
    return { fingerprint: print, age, observed: this.health.remember(observed, this.clock()) };
  }

  #snapshot(listed: readonly ListedContainer[], takenAt: number): HostSnapshot {
    const containers = listed.flatMap(({ Id }) => this.#withCause(this.#known.get(Id)?.observed));
    const foreign = listed.filter((container) => readIdentity(container.Labels ?? {}) === undefined);
    return {
      takenAt,
      containers,
      foreignNames: new Set(foreign.flatMap(namesOf)),
      networks: observeNetworks(this.#networks, foreign),
      volumes: this.#volumes,
      images: observeImages(this.#images, listed),
      engineOutage: this.#outage,
    };
  }

  #withCause(observed: ObservedContainer | undefined): ObservedContainer[] {
    if (observed === undefined) return [];
    const asked = observed.finishedAt !== undefined && this.ends.byRequest(observed.id);
    return [asked ? { ...observed, endedByRequest: true } : observed];
  }
}
