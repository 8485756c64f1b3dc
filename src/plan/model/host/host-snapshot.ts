import type { Ipam } from "../../../compose/model/network.js";
import type { ImageId, PinnedImage } from "../../../compose/values/image.js";
import type { ForeignContainer, Interval, Lifeline, ObservedContainer } from "./observed.js";

/** A network of the host. Which containers of ours stand on it, they say themselves. */
export interface ObservedNetwork {
  readonly id: string;
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  readonly internal: boolean;
  readonly attachable: boolean;
  /** Absent: the engine is too old to say. */
  readonly ipv4?: boolean;
  readonly ipv6: boolean;
  readonly ipam: Ipam;
  readonly labels: Readonly<Record<string, string>>;
  /** Whose it is, by Compose's labels; undefined: no project's. */
  readonly project: string | undefined;
  /** `networkHash` of the declaration it was made from; undefined: Fairlead did not make it. */
  readonly hash: string | undefined;
  /** Names of the containers that are not ours and belong to it, running or not. */
  readonly foreign: readonly string[];
}

export interface ObservedVolume {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Whose it is, by Compose's labels; undefined: no project's. */
  readonly project: string | undefined;
}

export interface ObservedImage {
  readonly id: ImageId;
  /** `repository:tag`, familiar form. */
  readonly tags: readonly string[];
  readonly digests: readonly PinnedImage[];
  /** Layers that other images have too included. Absent: the engine does not say. */
  readonly bytes?: number;
  /** Ids of all containers on the host, ours or not, running or not, that were created from it. */
  readonly usedBy: readonly string[];
}

/** What the clocks said as the containers were listed. */
export interface ClockReading {
  /** Our monotonic clock, before and after. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** Between what the engine's clock was then, as far as its answer says. */
  readonly engine?: Interval;
  /** `engineOutage`, by our monotonic clock. */
  readonly outage?: Interval | undefined;
}

/** The whole host at one moment: one container list, plus what is cached of networks, volumes and images. */
export interface HostSnapshot {
  readonly takenAt: number;
  readonly containers: readonly ObservedContainer[];
  /** Containers that are not ours. */
  readonly foreign: readonly ForeignContainer[];
  /** By name. */
  readonly networks: ReadonlyMap<string, ObservedNetwork>;
  /** By name. */
  readonly volumes: ReadonlyMap<string, ObservedVolume>;
  readonly images: readonly ObservedImage[];
  /** The last time the engine went away and came back while we watched: what ended meanwhile ended with it. */
  readonly engineOutage: Interval | undefined;
  readonly reading?: ClockReading;
  /** Absent: none. */
  readonly helpers?: readonly ObservedHelper[];
  /** The container of the controller that looks, by id. Absent: it is in none. */
  readonly own?: string | undefined;
  /** When nobody could see the host. */
  readonly blind?: readonly Interval[];
  /** Since when it has been seen without a gap. */
  readonly seeingSince?: number | undefined;
}

/**
 * A container that Fairlead has made of its own, to be the controller for as long as that cannot be. Nothing of a service;
 * no file declares it.
 */
export interface ObservedHelper {
  readonly id: string;
  readonly name: string;
  /** The service for whose sake it is there. */
  readonly project: string;
  readonly service: string;
  /** What that service has which it is to replace: a controller, or the line to the engine. */
  readonly lifeline: Lifeline;
  /** The container that it was made of, by id, and whether that runs. */
  readonly of: string;
  readonly originalRuns: boolean;
  readonly state: ObservedContainer["state"];
  readonly createdAt: number;
}
