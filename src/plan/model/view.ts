/*
 * The nouns live here, as plain data: what is observed, what is wanted, what is remembered, what a step is. No
 * decision does.
 */

import { dependenciesOf } from "../../compose/model/relations.js";
import type { Related } from "../../compose/model/relations.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { asDigest, familiarName, pinnedImage } from "../../compose/values/image.js";
import type { Digest, ImageName, ImageReference, ImageVersion } from "../../compose/values/image.js";
import type { Reason } from "./condition.js";
import { dependencyState, isComplete } from "./dependency.js";
import type { DependencyState, KnownDependency } from "./dependency.js";
import { imageById, imageByName } from "./host/image-index.js";
import { containersOf, gatesAmong } from "./host/host-index.js";
import type {
  HostSnapshot,
  ObservedHelper,
  ObservedImage,
  ObservedNetwork,
  ObservedVolume,
} from "./host/host-snapshot.js";
import type { ForeignContainer, ObservedContainer, Refusal, Role } from "./host/observed.js";
import { providersOf } from "./provider.js";
import type { Provider } from "./provider.js";
import type { ResourceClaim } from "./host/resources.js";
import type { SeenSignatures } from "./signatures.js";

/** What the planner sees of the host for one service. */
export interface View {
  readonly now: number;
  /** All containers of this service, but for those of its jobs. */
  readonly containers: readonly ObservedContainer[];
  readonly jobs: readonly ObservedContainer[];
  readonly foreign: readonly ForeignContainer[];
  /** Ours of all other services, of any project, with those of their jobs: networks are shared. */
  readonly neighbours: readonly ObservedContainer[];
  /** The gates of all services. */
  readonly gates: readonly ObservedContainer[];
  readonly networks: ReadonlyMap<string, ObservedNetwork>;
  readonly volumes: ReadonlyMap<string, ObservedVolume>;
  readonly images: readonly ObservedImage[];
  readonly engineOutage: HostSnapshot["engineOutage"];
  readonly blind?: HostSnapshot["blind"];
  readonly seeingSince?: HostSnapshot["seeingSince"];
  /** What the services of all files are to have for themselves. Absent: not known. */
  readonly claims?: readonly ResourceClaim[];
  /** The helpers that are there for the sake of this service. */
  readonly helpers?: readonly ObservedHelper[];
  /** The helper that the controller is, whichever service it is there for. */
  readonly self?: ObservedHelper | undefined;
  readonly own?: HostSnapshot["own"];
  readonly office?: SeenOffice;
  /** When the look was begun that this is of, by our monotonic clock. */
  readonly lookedAt?: number | undefined;
  /** Pulls that have begun, by `repository@sha256:…`. */
  readonly pulls: ReadonlyMap<string, PullState>;
  /** Absent: nothing of the service has to be signed. */
  readonly signatures?: SeenSignatures;
  /** Creations that the engine has just refused. */
  readonly refusals?: readonly Refusal[];
  /** The services this one depends on, by name. */
  readonly dependencies: ReadonlyMap<string, DependencyState>;
  /** The containers that its file names to share something of, by that name. */
  readonly providers: ReadonlyMap<string, Provider>;
}

/** What a controller knows of its own office. */
export interface SeenOffice {
  /** How long it has been this one's. */
  readonly ageMs: number;
  /** The controllers that stand by, by the ids of their containers: since when each has been seen to. Epoch ms. */
  readonly standbys: ReadonlyMap<string, number>;
}

/** One slot's part of a view: `containers` are those of the slot. */
export interface SlotView extends View {
  /** 1 to the number of replicas. */
  readonly slot: number;
  /** All containers of the service, in every slot. */
  readonly siblings: readonly ObservedContainer[];
}

export function slotOf(view: View, slot: number): SlotView {
  return {
    ...view,
    slot,
    siblings: view.containers,
    containers: view.containers.filter((container) => container.slot === slot),
  };
}

export type PullState =
  { readonly state: "running" } | { readonly state: "failed"; readonly reason: Reason; readonly message: string };

export interface Moment {
  /** Default: when the host was looked at. */
  readonly now?: number;
  /** What no snapshot shows of the services that this one depends on. */
  readonly known?: ReadonlyMap<string, KnownDependency>;
}

/** The part of a snapshot that concerns one service. */
export function viewOf(
  host: HostSnapshot,
  service: Pick<ServiceSpec, "project" | "name"> & Related,
  pulls: ReadonlyMap<string, PullState>,
  { now = host.takenAt, known = new Map() }: Moment = {},
): View {
  const all = (name: string) => containersOf(host.containers, { project: service.project, service: name });
  const of = (name: string) => all(name).filter(({ job }) => job === undefined);
  const dependencies = dependenciesOf(service).map(
    ({ service: name }) => [name, dependencyState(of(name), known.get(name))] as const,
  );
  let neighbours: View["neighbours"] | undefined;
  return {
    now,
    containers: of(service.name),
    jobs: all(service.name).filter(({ job }) => job !== undefined),
    foreign: host.foreign,
    get neighbours() {
      return (neighbours ??= othersThan(service, host));
    },
    gates: gatesAmong(host.containers),
    networks: host.networks,
    volumes: host.volumes,
    images: host.images,
    engineOutage: host.engineOutage,
    blind: host.blind,
    seeingSince: host.seeingSince,
    helpers: (host.helpers ?? []).filter((one) => one.project === service.project && one.service === service.name),
    self: host.helpers?.find(({ id }) => id === host.own),
    own: host.own,
    lookedAt: host.reading?.askedAt,
    pulls,
    dependencies: new Map(dependencies),
    providers: providersOf(service, host),
  };
}

/** Many looks end before anybody asks who else there is. */
function othersThan(
  { project, name }: Pick<ServiceSpec, "project" | "name">,
  { containers }: HostSnapshot,
): readonly ObservedContainer[] {
  return containers.filter((one) => one.project !== project || one.service !== name);
}

export function inRole(containers: readonly ObservedContainer[], role: Role): ObservedContainer | undefined {
  return containers.find((container) => container.role === role);
}

/** Of every slot that has one, the lowest slot first. */
export function inEverySlot(containers: readonly ObservedContainer[], role: Role): readonly ObservedContainer[] {
  return containers.filter((container) => container.role === role).sort((one, other) => one.slot - other.slot);
}

/** It does what its service is for: it serves, or has run to a good end. */
export function isReady({ oneShot, mayEnd }: ServiceSpec, active: ObservedContainer | undefined): boolean {
  if (active === undefined) return false;
  if (oneShot === true || (mayEnd === true && isComplete(active))) return isComplete(active);
  return active.state === "running" && (active.health === "none" || active.health === "healthy");
}

/** Running, or about to be by the engine's own restart policy. */
export function isUp(container: Pick<ObservedContainer, "state">): boolean {
  return container.state === "running" || container.state === "restarting" || container.state === "paused";
}

/**
 * A container is to take the place of a newer one: the way back of a slot that had been promoted. A rollout's own
 * containers are never older than what they find.
 */
export function isReturning(next: ObservedContainer, containers: readonly ObservedContainer[]): boolean {
  const newer = inRole(containers, "active") ?? inRole(containers, "failed");
  return newer !== undefined && precedes(next, newer);
}

/** What it is has served before the other one, even where it was re-created after that and bears a number of its own. */
export function precedes(one: ObservedContainer, other: ObservedContainer): boolean {
  if (one.returns === true && other.returns !== true) return true;
  return one.revision < other.revision;
}

/** Another slot answers for the service. */
export function othersServe(view: SlotView): boolean {
  return view.siblings.some(({ slot, role, state }) => slot !== view.slot && role === "active" && state === "running");
}

/**
 * The name by which the engine finds an image: one that was pulled by its repository's digest, one that was built or
 * loaded here by its id. Undefined: it is not on this host.
 */
export function localName(view: View, image: ImageReference, version: ImageVersion): ImageName | undefined {
  const pinned = pinnedImage(image, asDigest(version));
  if (imageByName(view.images, pinned) !== undefined) return pinned;
  return imageById(view.images, version)?.id;
}

/** The same, or by what it is to be pulled. */
export function imageName(view: View, image: ImageReference, version: ImageVersion): ImageName {
  return localName(view, image, version) ?? pinnedImage(image, asDigest(version));
}

/** By which a registry knows it in this repository. */
export function digestsOf({ digests }: ObservedImage, image: ImageReference): readonly Digest[] {
  const prefix = `${familiarName(image)}@`;
  return digests.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length) as Digest);
}

/** Whether the engine knows the container's image by this, if it is a digest: an image may have several. */
export function isImageOf(
  container: Pick<ObservedContainer, "imageId">,
  images: readonly ObservedImage[],
  image: ImageReference,
  version: ImageVersion,
): boolean {
  const known = imageById(images, container.imageId)?.digests ?? [];
  return known.includes(pinnedImage(image, asDigest(version)));
}
