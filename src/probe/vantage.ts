import type { Engine } from "../control/ports/engine.js";
import type { NetworkLocation } from "../plan/model/host/location.js";
import { Cached } from "../tools/sharing/cached.js";
import type { Standpoint } from "./address.js";

/** Where this process stands among the engine's networks. Kept until somebody says it may have changed. */
export class Vantage {
  readonly #known = new Cached(() => this.#look());

  constructor(
    private readonly own: () => Promise<string | undefined>,
    private readonly engine: Pick<Engine, "locate">,
  ) {}

  /** Rejects with what the engine's port throws. */
  get(): Promise<Standpoint> {
    return this.#known.get();
  }

  forget(): void {
    this.#known.invalidate();
  }

  async #look(): Promise<Standpoint> {
    const id = await this.own();
    if (id === undefined) return { kind: "host" };
    const location = await this.engine.locate(id);
    return standpointOf(location?.kind === "container" ? await this.engine.locate(location.container) : location);
  }
}

/** A container that the engine does not know is one of another engine's: its addresses are tried as from a host. */
function standpointOf(location: NetworkLocation | undefined): Standpoint {
  if (location === undefined || location.kind === "host") return { kind: "host" };
  const joined = location.kind === "networks" ? location.addresses.map(({ networkId }) => networkId) : [];
  return { kind: "container", networkIds: new Set(joined) };
}
