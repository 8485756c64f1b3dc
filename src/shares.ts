import type { ConnectionBounds } from "./docker/client/endpoint.js";
import { FairleadError } from "./errors.js";
import { mostStreams } from "./http/web/streams.js";
import type { ConnectionLimits } from "./http/web/connections.js";
import type { Log } from "./control/ports/log.js";
import { openFileLimit, openFilesNow, openFilesRemedy } from "./process/open-files.js";

/** How what a process may have open at once (files, sockets, pipes) is shared out. Each part keeps to its number. */
export interface Shares {
  /** Services that are reconciled at once. */
  readonly services: number;
  /** Probes under way at once. */
  readonly probes: number;
  /** Pulls under way at once. */
  readonly pulls: number;
  /** Connections to the engine. */
  readonly engine: ConnectionBounds;
  /** Requests to registries under way at once. */
  readonly registry: number;
  /** Containers whose logs people read at once. */
  readonly logs: number;
  /** Answers without end at once, on the admin address. */
  readonly streams: number;
  readonly hooks: ConnectionLimits;
  readonly admin: ConnectionLimits;
}

type Loop = Pick<Shares, "services" | "probes" | "pulls" | "registry">;

const usual = { services: 16, probes: 32, registry: 64 };
const least: Loop = { services: 2, probes: 2, pulls: 1, registry: 8 };
/** Between the two. */
const grades = 16;

/** Whatever is done at once. */
const standing = {
  journal: 4,
  listenersAndDataDirectory: 3,
  engineEvents: 1,
  /** A session, its answer, a file that is sent, the pipes of git. */
  build: 8,
  /** The pipes of git and credential helpers besides. */
  programs: 12,
  servicesFiles: 8,
  /** Connections to registries are kept for some seconds. */
  idle: 16,
  /** Names that are looked up, code that is loaded late, what nobody has thought of. */
  unforeseen: 16,
};

/** For hooks, operators and readers of logs, at the least. */
const leastOfDoors = 40;
const mostOfDoor = 1024;

export interface SharingOptions {
  /** As many may be open. */
  readonly limit: number;
  /** As many are, before anything is served. */
  readonly own: number;
  /** At once, as they are wanted. */
  readonly pulls: number;
}

export interface Sharing {
  readonly shares: Shares;
  /** With this limit nothing has to be done with less at once than usual. */
  readonly wanted: number;
}

/**
 * The loop comes first: what reconciling can have open is never given away. The rest is for the doors, where whoever can
 * connect takes a place. Below the usual it does less at once. Throws FairleadError `ConfigInvalid` where it could do
 * nothing at all.
 */
export function shareOut({ limit, own, pulls }: SharingOptions): Sharing {
  const most: Loop = { ...usual, pulls };
  const all = (loop: Loop) => own + needOf(loop) + leastOfDoors;
  const loop = Array.from({ length: grades + 1 }, (_, down) => between(most, (grades - down) / grades)).find(
    (one) => all(one) <= limit,
  );
  if (loop === undefined) {
    throw new FairleadError(
      "ConfigInvalid",
      `this process may have ${limit} files open, and needs ${all(least)} (${own} are open already)`,
      { remedy: openFilesRemedy, retry: "never" },
    );
  }
  const rest = limit - own - needOf(loop);
  const admin = doorOf(rest * 0.2);
  const shares: Shares = {
    ...loop,
    engine: engineOf(loop),
    logs: Math.min(mostOfDoor, Math.floor(rest * 0.2)),
    streams: Math.min(mostStreams, Math.floor(admin.total / 2)),
    hooks: doorOf(rest * 0.6),
    admin,
  };
  return { shares, wanted: all(most) };
}

function between(most: Loop, part: number): Loop {
  const at = (key: keyof Loop) => least[key] + Math.floor((most[key] - least[key]) * part);
  return { services: at("services"), probes: at("probes"), pulls: at("pulls"), registry: at("registry") };
}

/** What all of it has open at the most. */
function needOf(loop: Loop): number {
  const { reads, changes } = engineOf(loop);
  // Each service may have a file of its own open, that of a mount or of a build's context.
  const { services: files, probes } = loop;
  return Object.values(standing).reduce((sum, one) => sum + one, reads + changes + files + probes + loop.registry);
}

/** A look asks for some lists and inspections at once; the lease, a build and gates have their calls beside those of services. */
function engineOf({ services, probes, pulls }: Loop): Shares["engine"] {
  return { reads: 16 + services, changes: services + probes + pulls + 8 };
}

/** Strangers get less than is left to those who know a secret. */
function doorOf(places: number): ConnectionLimits {
  const total = Math.min(mostOfDoor, Math.floor(places));
  const perAddress = Math.min(total, Math.max(8, Math.floor(total / 8)));
  return { total, perAddress, perKnownAddress: Math.floor(total / 2), strangers: Math.floor(total * 0.4) };
}

/** The shares of this process. Throws FairleadError `ConfigInvalid` where it may have too few files open. */
export function sharesFor(pulls: number, log: Log): Shares {
  const limit = openFileLimit();
  const { shares, wanted } = shareOut({ limit, own: openFilesNow() ?? 0, pulls });
  const { services, probes, hooks, admin } = shares;
  const fields = { limit, services, probes, hooks: hooks.total, admin: admin.total };
  if (limit >= wanted) log.debug(fields, "open files are shared out");
  else {
    const text = `this process may have ${limit} files open: it does less at once than with ${wanted}`;
    log.warn({ ...fields, remedy: openFilesRemedy }, text);
  }
  return shares;
}
