import type { ForeignContainer, ObservedContainer } from "../../plan/model/host/observed.js";
import type { InspectedContainer, ListedContainer } from "../client/schema.js";
import { readComposeIdentity } from "../create/labels.js";
import { currentOf, heldPort } from "./held.js";

/** The engine's leading slash goes; so do the names that legacy links give (`/other/alias`). */
export function namesOf(listed: ListedContainer): string[] {
  return (listed.Names ?? []).map((name) => name.replace(/^\//, "")).filter((name) => !name.includes("/"));
}

const havingPorts: ReadonlySet<string> = new Set(["running", "paused", "restarting", "removing", "stopping"]);

/** A container that does not bear our labels, as a list shows it. */
export function foreignOf(listed: ListedContainer): Omit<ForeignContainer, "facts"> {
  const { Id, Image = "", Labels } = listed;
  const compose = readComposeIdentity(Labels ?? {});
  return { id: Id, name: namesOf(listed)[0] ?? "", image: Image, compose, ...heldBy(listed) };
}

/** Podman lists the ports of one that does not run, which nobody has then. */
function heldBy({ State, Ports, NetworkSettings }: ListedContainer): Pick<ForeignContainer, "ports" | "addresses"> {
  const taken = State === undefined || havingPorts.has(State) ? (Ports ?? []) : [];
  const ports = taken.flatMap(({ IP, PublicPort = "", Type = "" }) => heldPort(IP, String(PublicPort), Type));
  const addresses = Object.entries(NetworkSettings?.Networks ?? {}).flatMap(([network, endpoint]) =>
    currentOf(network, endpoint),
  );
  return { ...(ports.length === 0 ? {} : { ports }), ...(addresses.length === 0 ? {} : { addresses }) };
}

/** What a list shows of a container, apart from its age: as long as it is the same, an inspection still holds. */
export function fingerprint(listed: ListedContainer): string {
  const networks = Object.keys(listed.NetworkSettings?.Networks ?? {}).sort();
  return JSON.stringify([namesOf(listed), listed.State, healthIn(listed.Status ?? ""), listed.Created, networks]);
}

/**
 * Whether a list and a later inspection show the same. The engine tells of an end before its lists do: then the list is
 * older than the event.
 */
export function isOf(listed: ListedContainer, { Name = "", State, NetworkSettings }: InspectedContainer): boolean {
  const shown = [
    listed.State,
    healthIn(listed.Status ?? ""),
    ...Object.keys(listed.NetworkSettings?.Networks ?? {}).sort(),
  ];
  const health = State?.Status === "running" ? (State.Health?.Status ?? "none") : "none";
  const seen = [State?.Status, health || "none", ...Object.keys(NetworkSettings?.Networks ?? {}).sort()];
  return namesOf(listed).includes(Name.replace(/^\//, "")) && shown.join(" ") === seen.join(" ");
}

export function healthIn(status: string): ObservedContainer["health"] {
  const match = /\((?:health: )?(starting|healthy|unhealthy)\)$/.exec(status);
  return match === null ? "none" : (match[1] as ObservedContainer["health"]);
}

const unitSeconds: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
  year: 31_536_000,
};

/**
 * The seconds in `Up 5 minutes`, `Exited (0) About an hour ago`: undefined where there are none. While a container stays
 * in one state this only grows; if it has shrunk, the container was started or ended again in between.
 */
export function ageIn(status: string): number | undefined {
  const match = /(Less than a|About an?|\d+) (second|minute|hour|day|week|month|year)s?\b/.exec(status);
  if (match === null) return undefined;
  const [, count = "", unit = ""] = match;
  if (count === "Less than a") return 0;
  return (count.startsWith("About") ? 1 : Number(count)) * (unitSeconds[unit] ?? 0);
}
