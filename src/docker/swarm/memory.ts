import { FairleadError } from "../../errors.js";
import { Cached } from "../../tools/sharing/cached.js";
import type { Connection } from "../client/connection.js";
import type { ListedContent, ListedService, SeenNetwork } from "./answers.js";
import { listContents, listNetworks, seeNetwork } from "./lists.js";

/** An event may be lost: a slow listener is left out. */
const oldestMs = 30_000;

/**
 * Lists that change seldom, and of which one holds the contents of all configs: they are asked again when an event or a call
 * of ours has changed them. Without the event stream, that is at every look.
 */
export class Memory {
  readonly #lists: Record<Kept, Aging<unknown>>;
  /** Those that no list shows: `host` and `bridge` have another id in the Swarm than on each node. */
  readonly #predefined = new Map<string, string>();
  #following = false;

  constructor(
    private readonly connection: Connection,
    monotonic: () => number,
  ) {
    const aging = <T>(fetch: () => Promise<T>) => new Aging(fetch, monotonic);
    this.#lists = {
      networks: aging(() => listNetworks(connection)),
      configs: aging(() => listContents(connection, "configs")),
      secrets: aging(() => listContents(connection, "secrets")),
    };
  }

  networks(): Promise<SeenNetwork[]> {
    return this.#get("networks") as Promise<SeenNetwork[]>;
  }

  configs(): Promise<ListedContent[]> {
    return this.#get("configs") as Promise<ListedContent[]>;
  }

  secrets(): Promise<ListedContent[]> {
    return this.#get("secrets") as Promise<ListedContent[]>;
  }

  changed(kind: Kept): void {
    this.#lists[kind].invalidate();
  }

  /** The event stream begins, or has ended: what happens while there is none is unknown. */
  follow(following: boolean): void {
    this.#following = following;
    for (const kept of Object.values(this.#lists)) kept.invalidate();
  }

  /** Of all networks that these services are on, by id. */
  async networkNames(
    networks: readonly SeenNetwork[],
    services: readonly ListedService[],
  ): Promise<ReadonlyMap<string, string>> {
    const names = new Map(networks.map(({ Id, Name }) => [Id, Name]));
    const wanted = services
      .flatMap(({ Spec, PreviousSpec }) => [Spec, ...(PreviousSpec ? [PreviousSpec] : [])])
      .flatMap(({ TaskTemplate }) => TaskTemplate.Networks ?? [])
      .map(({ Target }) => Target);
    for (const id of new Set(wanted)) {
      if (names.has(id)) continue;
      const name = this.#predefined.get(id) ?? (await seeNetwork(this.connection, id))?.Name;
      if (name === undefined) continue;
      this.#predefined.set(id, name);
      names.set(id, name);
    }
    return names;
  }

  /** The ids of these names. Throws FairleadError `EngineRefused` where there is none of a name. */
  async ids(kind: "configs" | "secrets", names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (names.length === 0) return new Map();
    const read = async () => new Map((await this[kind]()).map(({ ID, Spec }) => [Spec.Name, ID]));
    let known = await read();
    if (names.some((name) => !known.has(name))) {
      this.changed(kind);
      known = await read();
    }
    const missing = names.find((name) => !known.has(name));
    if (missing === undefined) return known;
    const one = kind.slice(0, -1);
    throw new FairleadError("EngineRefused", `there is no ${one} ${missing} in the Swarm`, {
      remedy: `create it (docker ${one} create ${missing} FILE), or correct its name in the file`,
    });
  }

  #get(kind: Kept): Promise<unknown> {
    if (!this.#following) this.changed(kind);
    return this.#lists[kind].get();
  }
}

type Kept = "networks" | "configs" | "secrets";

class Aging<T> {
  readonly #cached: Cached<T>;
  #askedAt = 0;

  constructor(
    fetch: () => Promise<T>,
    private readonly monotonic: () => number,
  ) {
    this.#cached = new Cached(() => {
      this.#askedAt = monotonic();
      return fetch();
    });
  }

  get(): Promise<T> {
    if (this.monotonic() - this.#askedAt >= oldestMs) this.#cached.invalidate();
    return this.#cached.get();
  }

  invalidate(): void {
    this.#cached.invalidate();
  }
}
