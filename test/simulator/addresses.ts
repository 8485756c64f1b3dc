import type { HostSnapshot } from "../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../src/plan/model/host/observed.js";
import type { NetworkLocation } from "../../src/plan/model/host/location.js";
import { sameAddress } from "../../src/plan/model/host/resources.js";
import type { HeldAddress } from "../../src/plan/model/host/resources.js";

type Networks = HostSnapshot["networks"];

/** Of an engine's networks: while a container runs it has its fixed address, or the lowest that is free. */
export class Addresses {
  readonly #held = new Map<string, Map<string, string>>();
  readonly #bases = new Map<string, readonly number[]>();

  /** One that another container has at this moment. */
  taken({ id, fixedAddresses = [] }: ObservedContainer): string | undefined {
    const others = (network: string) => this.#on(network, id);
    return fixedAddresses.find(({ network, address }) => others(network).has(address))?.address;
  }

  take({ id, networks, fixedAddresses = [] }: ObservedContainer, known: Networks): void {
    const held = this.#held.get(id) ?? new Map<string, string>();
    for (const { network } of networks) {
      if (held.has(network)) continue;
      const fixed = fixedAddresses.find((one) => one.network === network)?.address;
      held.set(network, fixed ?? this.#lowest(network, known));
    }
    this.#held.set(id, held);
  }

  /** Default: of all its networks. */
  release(id: string, network?: string): void {
    if (network === undefined) this.#held.delete(id);
    else this.#held.get(id)?.delete(network);
  }

  locationOf({ id }: Pick<ObservedContainer, "id">): NetworkLocation {
    const addresses = [...(this.#held.get(id) ?? [])].map(([network, address]) => {
      return { networkId: network, network, address };
    });
    return addresses.length === 0 ? { kind: "none" } : { kind: "networks", addresses };
  }

  /** Those that the engine gave it. */
  chosen({ id, fixedAddresses = [] }: ObservedContainer): readonly HeldAddress[] {
    const held = [...(this.#held.get(id) ?? [])].map(([network, address]) => ({ network, address }));
    return held.filter((address) => !fixedAddresses.some((one) => sameAddress(one, address)));
  }

  /** Of those it has, that on the network it joined first. */
  firstOf(id: string): string | undefined {
    return [...(this.#held.get(id)?.values() ?? [])][0];
  }

  #on(network: string, but: string): ReadonlySet<string> {
    const held = [...this.#held].flatMap(([id, own]) => (id === but ? [] : (own.get(network) ?? [])));
    return new Set(held);
  }

  #lowest(network: string, known: Networks): string {
    const [one = 0, two = 0, three = 0] = this.#baseOf(network, known);
    const taken = this.#on(network, "");
    for (let host = 2; ; host += 1) {
      const address = `${one}.${two}.${three + (host >> 8)}.${host & 255}`;
      if (!taken.has(address)) return address;
    }
  }

  #baseOf(network: string, known: Networks): readonly number[] {
    const subnet = known.get(network)?.ipam.config[0]?.subnet?.split(".").slice(0, 3).map(Number);
    const base = this.#bases.get(network) ?? subnet ?? [172, 16 + this.#bases.size, 0];
    this.#bases.set(network, base);
    return base;
  }
}
