/*
 * Clocks and waits live here. `Date.now()` and timers are called in clock.ts and nowhere else.
 */

import type { Memory } from "../../plan/model/desired.js";
import type { ClockReading, HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { ContainerFacts, ForeignContainer, Interval } from "../../plan/model/host/observed.js";
import type { Clock } from "../ports/clock.js";
import { EngineClock } from "./engine-clock.js";
import { Sight } from "./sight.js";

const instants = ["createdAt", "startedAt", "finishedAt", "healthySince", "checkedAt"] as const;
type Instant = (typeof instants)[number];

/** The engine's word for an instant, and our monotonic clock's. */
interface Pin {
  readonly said: number;
  readonly at: number;
}

type Pins = Readonly<Partial<Record<Instant, Pin>>>;

/** By what instants have their places. */
interface Grounds {
  readonly host: HostSnapshot;
  readonly offset: number;
  readonly gaps: readonly Interval[];
  readonly since: number | undefined;
}

/** What the engine's words may be off by before a look is believed rather than they. */
const slackMs = 1_000;

/**
 * One line of time for everything that is judged: the engine's clock, as it was when this process began to see, carried on
 * by our monotonic one. No clock that is set, neither the engine's nor ours, makes anything older or younger: an instant
 * keeps the place that it was given when it was first seen, and what began between two looks lies between them.
 */
export class Timeline {
  readonly #engine: EngineClock;
  readonly #sight = new Sight();
  #pins: ReadonlyMap<string, Pins> = new Map();
  #present: ReadonlySet<string> = new Set();
  #lookedAt: number | undefined;
  #placedHost: { readonly by: Grounds; readonly host: HostSnapshot } | undefined;
  readonly #placedStrangers = new WeakMap<ForeignContainer, ForeignContainer>();
  readonly #placedFacts = new WeakMap<ContainerFacts, { pins: Pins; offset: number; facts: ContainerFacts }>();

  constructor(private readonly clock: Clock) {
    this.#engine = new EngineClock(clock);
  }

  /** Everybody's clock: its time of day is the engine's, whatever this machine's may say. */
  get time(): Clock {
    return {
      now: () => this.#engine.at(this.clock.monotonic()),
      monotonic: () => this.clock.monotonic(),
      after: (ms, callback) => this.clock.after(ms, callback),
    };
  }

  get skewMs(): number {
    return this.#engine.skewMs();
  }

  /** What was written down, by the clock that everything is judged by now. */
  recall(memory: Memory): Memory {
    const { retriedAt, leaving, firstSeen, attempts, stopped, startAskedAt, reloads } = memory;
    const carry = (instant: number) => this.#engine.carry(instant);
    return {
      ...memory,
      retriedAt: retriedAt === undefined ? undefined : carry(retriedAt),
      leaving: new Map([...leaving].map(([id, one]) => [id, { ...one, at: carry(one.at) }])),
      ...(attempts === undefined ? {} : { attempts: attempts.map((one) => ({ ...one, at: carry(one.at) })) }),
      ...(stopped === undefined ? {} : { stopped: this.#shifted(stopped) }),
      ...(startAskedAt === undefined ? {} : { startAskedAt: carry(startAskedAt) }),
      ...(reloads === undefined ? {} : { reloads: reloads.map((one) => ({ ...one, at: carry(one.at) })) }),
      ...(firstSeen === undefined ? {} : { firstSeen: new Map([...firstSeen].map(([id, at]) => [id, carry(at)])) }),
    };
  }

  /** The engine has shown a sign of life. */
  heard(): void {
    this.#sight.saw(this.clock.monotonic());
  }

  lost(): void {
    this.#sight.lost();
  }

  /** A new look at the host, which has just ended. */
  learn(host: HostSnapshot): void {
    const reading = this.#readingOf(host);
    // Containers are looked into after the list, and may tell of what came after it.
    const endedAt = this.clock.monotonic();
    this.#engine.learn(reading);
    this.#sight.looked(reading.askedAt, reading.answeredAt);
    const known = [...host.containers, ...host.foreign.flatMap(({ facts }) => facts ?? [])];
    this.#pins = new Map(known.map((container) => [container.id, this.#pin(container, endedAt)]));
    this.#present = new Set([...host.containers, ...host.foreign].map(({ id }) => id));
    this.#lookedAt = reading.askedAt;
  }

  /** The host that was learnt last, as it is to be judged at this moment: what has not changed is the very same object. */
  place(host: HostSnapshot): HostSnapshot {
    const { gaps, since } = this.#sight;
    const by: Grounds = { host, offset: this.#engine.offset, gaps, since };
    const before = this.#placedHost;
    if (before !== undefined && host.reading !== undefined && isSame(before.by, by)) return before.host;
    const placed = this.#place(by);
    this.#placedHost = { by, host: placed };
    return placed;
  }

  #place({ host, gaps, since }: Grounds): HostSnapshot {
    const at = (monotonic: number) => this.#engine.at(monotonic);
    const { answeredAt, outage } = this.#readingOf(host);
    return {
      ...host,
      takenAt: at(answeredAt),
      containers: host.containers.map((container) => this.#placed(container)),
      foreign: host.foreign.map((one) => this.#placedForeign(one)),
      engineOutage: outage === undefined ? undefined : { from: at(outage.from), to: at(outage.to) },
      blind: gaps.map(({ from, to }) => ({ from: at(from), to: at(to) })),
      seeingSince: since === undefined ? undefined : at(since),
    };
  }

  /** It lasts as long as was asked for. */
  #shifted({ at, until }: NonNullable<Memory["stopped"]>): NonNullable<Memory["stopped"]> {
    const carried = this.#engine.carry(at);
    return { at: carried, ...(until === undefined ? {} : { until: until + carried - at }) };
  }

  #readingOf({ reading }: HostSnapshot): ClockReading {
    const now = this.clock.monotonic();
    return reading ?? { askedAt: now, answeredAt: now };
  }

  #pin(container: ContainerFacts, latest: number): Pins {
    const known = this.#pins.get(container.id);
    // What others made and we have taken over may have begun long before.
    const isNew = known === undefined && this.#present.has(container.id);
    const earliest = isNew || this.#lookedAt === undefined ? -Infinity : this.#lookedAt - slackMs;
    const pins: Partial<Record<Instant, Pin>> = {};
    for (const instant of instants) {
      const said = container[instant];
      if (said === undefined) continue;
      const before = known?.[instant];
      if (before?.said === said) pins[instant] = before;
      else if (instant === "checkedAt") pins[instant] = { said, at: this.#locateCheck(said, before, latest) };
      else pins[instant] = { said, at: this.#locate(instant, said, { from: earliest, to: latest }) };
    }
    return known !== undefined && instants.every((instant) => known[instant] === pins[instant]) ? known : pins;
  }

  /**
   * The engine's word, unless it lies outside of the time in which it can have been: then its clock was set in between,
   * and all that is known is the two looks. Rather late than early, but not after a gap that may have hidden it; an end not
   * after the first one, for what was seen to end with the engine is not to blame.
   */
  #locate(instant: Instant, said: number, { from: earliest, to: latest }: Interval): number {
    const at = this.#engine.monotonicOf(said);
    if (at >= earliest && at <= latest + slackMs) return at;
    const gaps = this.#sight.gaps.filter(({ to }) => to > earliest);
    return (instant === "finishedAt" ? gaps[0] : gaps.at(-1))?.to ?? latest;
  }

  /**
   * No event tells of a check: it may have been before the last look. One that lies in the future was told by a clock that
   * has been set back since: all that is known is that it was not before the one that was seen before it.
   */
  #locateCheck(said: number, before: Pin | undefined, latest: number): number {
    const at = this.#engine.monotonicOf(said);
    if (at <= latest + slackMs) return at;
    return Math.max(before?.at ?? -Infinity, this.#sight.gaps.at(-1)?.from ?? latest);
  }

  #placed<T extends ContainerFacts>(container: T): T {
    const pins = this.#pins.get(container.id) ?? noPins;
    const { offset } = this.#engine;
    const before = this.#placedFacts.get(container);
    // What was made of this very object has its type.
    if (before?.pins === pins && before.offset === offset) return before.facts as T;
    const facts = this.#placeFacts(container, pins);
    this.#placedFacts.set(container, { pins, offset, facts });
    return facts;
  }

  #placedForeign(one: ForeignContainer): ForeignContainer {
    if (one.facts === undefined) return one;
    const facts = this.#placed(one.facts);
    const before = this.#placedStrangers.get(one);
    if (before?.facts === facts) return before;
    const placed = { ...one, facts };
    this.#placedStrangers.set(one, placed);
    return placed;
  }

  #placeFacts<T extends ContainerFacts>(container: T, pins: Pins): T {
    const place = (instant: Instant) => {
      const pin = pins[instant];
      return pin === undefined ? container[instant] : this.#engine.at(pin.at);
    };
    return {
      ...container,
      run: container.startedAt,
      createdAt: place("createdAt") ?? container.createdAt,
      startedAt: place("startedAt"),
      finishedAt: place("finishedAt"),
      healthySince: place("healthySince"),
      ...(container.checkedAt === undefined ? {} : { checkedAt: place("checkedAt") }),
    };
  }
}

const noPins: Pins = {};

function isSame(one: Grounds, other: Grounds): boolean {
  const { host, offset, gaps, since } = one;
  return host === other.host && offset === other.offset && gaps === other.gaps && since === other.since;
}
