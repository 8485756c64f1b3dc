/*
 * The look at the whole host lives here, and what is remembered from one to the next.
 */

import type { Clock } from "../../control/ports/clock.js";
import type { Claim } from "../../control/ports/engine.js";
import type { ClockReading, HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { ContainerFacts, Interval, ObservedContainer } from "../../plan/model/host/observed.js";
import { FreshFlight } from "../../tools/sharing/fresh-flight.js";
import { inspectContainer, listContainers } from "../calls/containers.js";
import { ExecMemory } from "../calls/exec-memory.js";
import { isRehearsal } from "../calls/rehearsal.js";
import type { Connection } from "../client/connection.js";
import type { PodmanTraits } from "../client/podman.js";
import type { ListedContainer } from "../client/schema.js";
import { readIdentity } from "../create/labels.js";
import { helpersIn } from "../read/helper-labels.js";
import { lifelineOf } from "../read/lifeline.js";
import type { Standing } from "../read/lifeline.js";
import { ageIn, fingerprint, foreignOf, isOf } from "../read/listing.js";
import { factsOf, observe } from "../read/observation.js";
import { EndMemory } from "./end-memory.js";
import { HealthMemory } from "./health-memory.js";
import { Lists } from "./lists.js";
import { Outage } from "./outage.js";
import { lastRestart } from "./own-restart.js";
import { Staleness } from "./staleness.js";
import type { Stale } from "./staleness.js";
import { StartMemory } from "./start-memory.js";
import { Unheard } from "./unheard.js";

interface Known {
  /** Undefined: the list it is from had not caught up with the inspection. */
  readonly fingerprint: string | undefined;
  readonly age: number | undefined;
  readonly owner: Owner | Stranger;
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

interface Owned {
  readonly listed: ListedContainer;
  readonly owner: Owner | Stranger;
}

/** A container of others that stays theirs, and that one of ours shares something of. */
interface Stranger {
  readonly id: string;
  readonly project?: undefined;
  readonly service?: undefined;
}

const claimNone: Claim = () => undefined;

/** Ours, unless the engine's clock says otherwise. */
function within(now: number, engine: Interval | undefined): number {
  return engine === undefined ? now : Math.min(Math.max(now, engine.from), engine.to);
}

const inspectionsAtOnce = 8;
/** Podman tells nothing of networks that come and go. */
const networksAgeMs = 10_000;
/** An engine that takes longer for a list is out of reach. */
const beatTimeoutMs = 10_000;

export interface HostOptions {
  readonly standing: () => Promise<Standing>;
  readonly podman: () => Promise<PodmanTraits | undefined>;
  readonly lease: string;
}

/** What is known of the host, and what of it must be asked again. */
export class Host {
  readonly stale = new Staleness();
  readonly health = new HealthMemory();
  readonly ends = new EndMemory();
  readonly execs = new ExecMemory();
  readonly starts = new StartMemory();
  readonly unheard = new Unheard();
  readonly #outage = new Outage();
  #isRecalled = false;
  #claim: Claim = claimNone;
  #known: ReadonlyMap<string, Known> = new Map();
  #podman: PodmanTraits | undefined;
  readonly #lists: Lists;
  readonly #flight: FreshFlight<HostSnapshot>;

  constructor(
    private readonly connection: Connection,
    private readonly clock: Pick<Clock, "now" | "monotonic">,
    private readonly options: HostOptions,
  ) {
    this.#lists = new Lists(connection, () => this.monotonic());
    this.#flight = new FreshFlight(() => this.#look());
  }

  /** One container list for all who ask at the same time. */
  snapshot(claim: Claim = claimNone): Promise<HostSnapshot> {
    this.#claim = claim;
    return this.#flight.run();
  }

  /** The engine is out of reach, after we have followed it. */
  lost(): void {
    this.#outage.lost(this.ends.beginningOf(this.monotonic()));
  }

  /** The engine answers. */
  found(): void {
    this.#outage.found(this.monotonic());
  }

  /** What is known of the service's containers does not count any more. */
  doubt(project: string, service: string): void {
    for (const { owner } of this.#known.values()) {
      if (owner.project === project && owner.service === service) this.stale.doubt(owner.id);
    }
  }

  /** Looks whether ours have changed since the last look without an event that told of it. */
  async listen(): Promise<void> {
    const { containers } = await listContainers(this.connection, beatTimeoutMs);
    this.#compare(this.#owned(containers), this.stale.named());
  }

  monotonic(): number {
    return this.clock.monotonic();
  }

  /** Whether something has changed that no event has told of, for so long. */
  awaitsEvents(forMs = 0): boolean {
    return this.unheard.isOlderThan(forMs, this.monotonic());
  }

  /** An event stream begins. */
  follow(): void {
    this.stale.follow();
    this.unheard.clear();
  }

  /** Whose the container is, if it is ours or claimed. */
  find(id: string): Owner | undefined {
    const owner = this.#known.get(id)?.owner;
    return owner?.project === undefined ? undefined : owner;
  }

  async #look(): Promise<HostSnapshot> {
    if (this.#podman !== undefined && this.monotonic() - this.#lists.networksAt >= networksAgeMs)
      this.stale.list("networks");
    const stale = this.stale.take();
    try {
      const askedAt = this.monotonic();
      this.#podman = await this.options.podman();
      const [list] = await Promise.all([this.#list(), this.#lists.refresh(stale)]);
      this.found();
      const { containers: listed, engine, answeredAt } = list;
      const reading = { askedAt, answeredAt, ...(engine === undefined ? {} : { engine }) };
      const takenAt = within(this.clock.now(), engine);
      const offset = takenAt - answeredAt;
      if (!this.#isRecalled) await this.#recall(offset);
      const owned = this.#owned(listed);
      if (!stale.everything) this.#compare(owned, new Set([...stale.containers, ...this.stale.named()]));
      this.#known = await this.#inspect(owned, stale, () => this.monotonic() + offset);
      const ids = new Set(owned.map(({ owner }) => owner.id));
      this.health.keepOnly(ids);
      this.ends.keepOnly(ids);
      this.execs.keepOnly(ids);
      this.starts.keepOnly(ids);
      return await this.#snapshot(listed, takenAt, { ...reading, outage: this.#outage.last });
    } catch (error) {
      this.stale.giveBack(stale);
      throw error;
    }
  }

  /** Once: from then on it is seen. `offset` is between the engine's clock and our monotonic one. */
  async #recall(offset: number): Promise<void> {
    const { own } = await this.options.standing();
    const past = await lastRestart(this.connection, own, this.#lists.listedNetworks);
    this.#isRecalled = true;
    if (past !== undefined) this.#outage.recall({ from: past.from - offset, to: past.to - offset });
  }

  async #list() {
    return { ...(await listContainers(this.connection)), answeredAt: this.monotonic() };
  }

  /** An event about what the list shows may have come before the list, or between it and the look before. */
  #compare(owned: readonly Owned[], named: ReadonlySet<string>): void {
    const now = new Map(owned.map(({ listed, owner }) => [owner.id, fingerprint(listed)]));
    const isChanged = ([id, before]: readonly [string, string | undefined]) =>
      before !== undefined && before !== now.get(id);
    const known = [...this.#known].map(([id, { fingerprint: print }]) => [id, print] as const);
    const changed = [
      ...known.filter(isChanged).map(([id]) => id),
      ...[...now.keys()].filter((id) => !this.#known.has(id)),
    ];
    this.unheard.changed(
      changed.filter((id) => !named.has(id)),
      this.monotonic(),
    );
  }

  #owned(listed: readonly ListedContainer[]): readonly Owned[] {
    return listed.flatMap((container) => {
      const owner = this.#ownerOf(container);
      return owner === undefined ? [] : [{ listed: container, owner }];
    });
  }

  #ownerOf(listed: ListedContainer): Owner | Stranger | undefined {
    const owner = readIdentity(listed.Labels ?? {}) ?? this.#claim(foreignOf(listed));
    if (owner === "provider") return { id: listed.Id };
    return owner === undefined ? undefined : { id: listed.Id, project: owner.project, service: owner.service };
  }

  async #inspect(owned: readonly Owned[], stale: Stale, now: () => number): Promise<ReadonlyMap<string, Known>> {
    const known = new Map<string, Known>();
    const queue = owned.values();
    const worker = async () => {
      for (const { listed, owner } of queue) {
        const entry = await this.#refresh({ listed, owner }, stale, now);
        if (entry !== undefined) known.set(listed.Id, entry);
      }
    };
    await Promise.all(Array.from({ length: inspectionsAtOnce }, worker));
    return known;
  }

  async #refresh({ listed, owner }: Owned, stale: Stale, now: () => number): Promise<Known | undefined> {
    const before = this.#known.get(listed.Id);
    const print = fingerprint(listed);
    const age = ageIn(listed.Status ?? "");
    const same = before?.fingerprint === print && (age ?? 0) >= (before.age ?? 0);
    const isNamed = stale.everything || stale.containers.has(listed.Id) || stale.doubted.has(listed.Id);
    if (same && !isNamed) return { ...before, age, owner };
    const inspected = await inspectContainer(this.connection, listed.Id);
    if (inspected === undefined) return undefined;
    const facts = this.health.remember(factsOf(inspected), now());
    const observed = observe(inspected);
    return {
      fingerprint: isOf(listed, inspected) ? print : undefined,
      age,
      owner,
      facts,
      observed: observed === undefined ? undefined : { ...observed, ...facts },
    };
  }

  async #snapshot(listed: readonly ListedContainer[], takenAt: number, reading: ClockReading): Promise<HostSnapshot> {
    const standing = await this.options.standing();
    const seen = <T extends ContainerFacts>(asked: T | undefined): T | undefined => {
      const facts = asked === undefined ? undefined : this.#withLacks(asked);
      const lifeline = facts === undefined ? undefined : lifelineOf(facts, listed, standing);
      return this.#withCause(facts === undefined || lifeline === undefined ? facts : { ...facts, lifeline });
    };
    const containers = listed.flatMap(({ Id }) => seen(this.#known.get(Id)?.observed) ?? []);
    const foreign = listed.filter(({ Labels }) => readIdentity(Labels ?? {}) === undefined && !isRehearsal(Labels));
    return {
      takenAt,
      containers,
      foreign: foreign.map((container) => {
        return { ...foreignOf(container), facts: seen(this.#known.get(container.Id)?.facts) };
      }),
      networks: this.#lists.networks(foreign),
      volumes: this.#lists.volumes,
      images: this.#lists.images(listed),
      engineOutage: undefined,
      reading,
      helpers: helpersIn(listed, this.options.lease),
      own: standing.own,
    };
  }

  /** What Podman does not say, or cannot do. */
  #withLacks<T extends ContainerFacts>(facts: T): T {
    if (this.#podman === undefined) return facts;
    const reason = facts.state === "created" || facts.state === "exited" ? this.starts.reasonOf(facts.id) : undefined;
    const startError = facts.startError || (reason ?? "");
    return { ...facts, startError, ...(this.#podman.fixesRestart ? { restartFixed: true as const } : {}) };
  }

  #withCause<T extends ContainerFacts>(observed: T | undefined): T | undefined {
    if (observed?.finishedAt === undefined || !this.ends.byRequest(observed.id)) return observed;
    return { ...observed, endedByRequest: true };
  }
}
