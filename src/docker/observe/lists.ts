import type { HostSnapshot, ObservedImage, ObservedNetwork } from "../../plan/model/host/host-snapshot.js";
import { listImages, observeImages } from "../calls/images.js";
import { listNetworks } from "../calls/networks.js";
import { listVolumes } from "../calls/volumes.js";
import type { Connection } from "../client/connection.js";
import type { ListedContainer, ListedImage, ListedNetwork } from "../client/schema.js";
import { observeNetworks } from "../read/network-observation.js";
import type { Stale } from "./staleness.js";

/** What the host has besides containers, as it was listed last. */
export class Lists {
  #networks: readonly ListedNetwork[] = [];
  #networksAt = 0;
  #volumes: HostSnapshot["volumes"] = new Map();
  #images: readonly ListedImage[] = [];

  constructor(
    private readonly connection: Connection,
    private readonly monotonic: () => number,
  ) {}

  get listedNetworks(): readonly ListedNetwork[] {
    return this.#networks;
  }

  /** By our monotonic clock. */
  get networksAt(): number {
    return this.#networksAt;
  }

  get volumes(): HostSnapshot["volumes"] {
    return this.#volumes;
  }

  networks(foreign: readonly ListedContainer[]): ReadonlyMap<string, ObservedNetwork> {
    return observeNetworks(this.#networks, foreign);
  }

  images(containers: readonly ListedContainer[]): readonly ObservedImage[] {
    return observeImages(this.#images, containers);
  }

  async refresh({ lists }: Pick<Stale, "lists">): Promise<void> {
    const { connection } = this;
    await Promise.all([
      lists.has("networks") ? this.#listNetworks() : undefined,
      lists.has("volumes") ? listVolumes(connection).then((volumes) => (this.#volumes = volumes)) : undefined,
      lists.has("images") ? listImages(connection).then((images) => (this.#images = images)) : undefined,
    ]);
  }

  async #listNetworks(): Promise<void> {
    const askedAt = this.monotonic();
    this.#networks = await listNetworks(this.connection);
    this.#networksAt = askedAt;
  }
}
