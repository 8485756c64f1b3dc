import { given } from "../../tools/present.js";
import type { HostSnapshot } from "./host/host-snapshot.js";
import type { ObservedContainer, ObservedMount } from "./host/observed.js";

/** An anonymous volume of a container that serves, or has served. */
export interface KnownVolume {
  /** The engine's. */
  readonly name: string;
  readonly target: string;
  readonly readOnly?: true;
  /** As in `ObservedMount`. */
  readonly asked?: true;
  readonly borrowed?: true;
}

/** By slot; the newest last. */
export type VolumeMemory = ReadonlyMap<number, readonly KnownVolume[]>;

const mostVolumes = 50;

/** Volumes that nobody has named: the engine gives them 64 digits, and no label says whose they are. */
export function anonymousOf({ mounts = [] }: Pick<ObservedContainer, "mounts">): readonly ObservedMount[] {
  return mounts.filter(({ type, source }) => type === "volume" && /^[0-9a-f]{64}$/.test(source));
}

/**
 * What is to be remembered of the volumes of what serves, by slot: once its container has been removed nothing on the
 * host tells any more whose they are. Empty: nothing is new.
 */
export function volumeNews({ containers }: Pick<HostSnapshot, "containers">, known: VolumeMemory): VolumeMemory {
  const news = containers.flatMap((container): [number, readonly KnownVolume[]][] => {
    if (container.role !== "active") return [];
    const before = known.get(container.slot) ?? [];
    const own = anonymousOf(container).map(knownOf);
    const names = new Set(own.map(({ name, target }) => `${name} ${target}`));
    const older = before.filter(({ name, target }) => !names.has(`${name} ${target}`));
    const isNews = own.some((volume, index) => !isSame(before.at(index - own.length), volume));
    return isNews ? [[container.slot, [...older, ...own].slice(-mostVolumes)]] : [];
  });
  return new Map(news);
}

function knownOf({ source: name, target, readOnly, asked, borrowed }: ObservedMount): KnownVolume {
  return { name, target, ...(readOnly ? { readOnly: true } : {}), ...given({ asked, borrowed }) };
}

function isSame(one: KnownVolume | undefined, other: KnownVolume): boolean {
  if (one?.name !== other.name || one.target !== other.target) return false;
  return one.asked === other.asked && one.borrowed === other.borrowed;
}
