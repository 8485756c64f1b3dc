import { FairleadError } from "../../errors.js";
import { isKeptName } from "../../plan/model/host/names.js";
import type { ForeignContainer } from "../../plan/model/host/observed.js";
import { imageOf, surroundings } from "../adopt/differences.js";
import type { Settings } from "../adopt/settings.js";
import { inspectContainer, listContainers } from "../calls/containers.js";
import { listedNetworks, listedVolumes } from "../client/answers.js";
import { Connection } from "../client/connection.js";
import { resolveEndpoint } from "../client/endpoint.js";
import type { EndpointOptions } from "../client/endpoint.js";
import { refused } from "../client/refusal.js";
import type { InspectedContainer, ListedContainer } from "../client/schema.js";
import { peerIn } from "../create/body.js";
import type { Peer } from "../create/body.js";
import { readComposeIdentity, readIdentity } from "../create/labels.js";
import { namesOf } from "../read/listing.js";
import { declaredOf } from "./portrait.js";

/** Which containers of the host. */
export interface Choice {
  readonly all: boolean;
  readonly projects: readonly string[];
  readonly containers: readonly string[];
}

/** One container that others made, and what was declared of it. */
export interface Subject {
  readonly name: string;
  readonly compose: ForeignContainer["compose"];
  readonly inspected: InspectedContainer;
  /** As its maker named it. */
  readonly image: string;
  readonly tags: readonly string[];
  readonly digests: readonly string[];
  readonly declared: Settings;
  /** As Compose writes it: `no`, `always`, `on-failure:3`. */
  readonly restart: string;
  readonly mode: string;
  readonly peer: Peer | undefined;
}

/** A network or a volume as the engine lists it. */
export interface Listed {
  readonly Name: string;
  readonly Driver?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  /** Of a network; a volume calls them `Options` too. */
  readonly Options?: Readonly<Record<string, string>> | null;
  readonly Internal?: boolean;
}

export interface Survey {
  readonly subjects: readonly Subject[];
  readonly networks: ReadonlyMap<string, Listed>;
  readonly volumes: ReadonlyMap<string, Listed>;
}

/** Looks at the chosen containers that are not ours. Throws FairleadError ConfigInvalid for a choice that is not there. */
export async function surveyHost(options: EndpointOptions, choice: Choice): Promise<Survey> {
  const connection = new Connection(resolveEndpoint(options));
  try {
    return await survey(connection, choice);
  } catch (thrown) {
    throw refused(thrown);
  }
}

async function survey(connection: Connection, choice: Choice): Promise<Survey> {
  const { containers: listed } = await listContainers(connection);
  const all = listed.filter(({ Labels }) => readIdentity(Labels ?? {}) === undefined);
  const foreign = all.filter((container) => !namesOf(container).some(isKeptName));
  const chosen = foreign.filter((container) => isChosen(container, choice));
  checkChoice(chosen, choice);
  const subjects: Subject[] = [];
  for (const container of chosen) {
    const subject = await subjectOf(connection, container);
    if (subject !== undefined) subjects.push(subject);
  }
  subjects.sort((one, other) => (one.name < other.name ? -1 : 1));
  const networks = await connection.ask({ method: "GET", path: "/networks", task: "list networks" }, listedNetworks);
  const volumes = await connection.ask({ method: "GET", path: "/volumes", task: "list volumes" }, listedVolumes);
  return {
    subjects,
    networks: byName(networks as readonly Listed[]),
    volumes: byName((volumes as { readonly Volumes: readonly Listed[] | null }).Volumes ?? []),
  };
}

/** With `all`, what runs; a container that is named may also have ended. */
function isChosen(container: ListedContainer, { all, projects, containers }: Choice): boolean {
  const compose = readComposeIdentity(container.Labels ?? {});
  if (all && container.State === "running") return true;
  if (compose !== undefined && projects.includes(compose.project)) return true;
  return namesOf(container).some((name) => containers.includes(name)) || containers.includes(container.Id.slice(0, 12));
}

function checkChoice(chosen: readonly ListedContainer[], { projects, containers }: Choice): void {
  const found = new Set([
    ...chosen.flatMap(({ Labels }) => readComposeIdentity(Labels ?? {})?.project ?? []),
    ...chosen.flatMap((container) => [...namesOf(container), container.Id.slice(0, 12)]),
  ]);
  const missing = [...projects, ...containers].filter((name) => !found.has(name));
  if (missing.length === 0 && chosen.length > 0) return;
  const what =
    missing.length === 0 ? "nothing runs on this host" : `nothing on this host is called ${missing.join(", ")}`;
  throw new FairleadError("ConfigInvalid", `${what} that Fairlead did not make`, {
    remedy:
      "see `docker ps --all` for containers, and `docker compose ls` for projects; what a rollout keeps (`.previous`) is not chosen",
  });
}

async function subjectOf(
  connection: Connection,
  { Id, Image = "", Labels }: ListedContainer,
): Promise<Subject | undefined> {
  const inspected = await inspectContainer(connection, Id);
  if (inspected === undefined) return undefined;
  const [image, around] = [await imageOf(connection, inspected.Image ?? ""), await surroundings(connection, inspected)];
  const { Name = "", MaximumRetryCount = 0 } = inspected.HostConfig?.RestartPolicy ?? {};
  return {
    name: (inspected.Name ?? "").replace(/^\//, ""),
    compose: readComposeIdentity(Labels ?? {}),
    inspected,
    image: inspected.Config?.Image ?? Image,
    tags: image.RepoTags ?? [],
    digests: image.RepoDigests ?? [],
    declared: declaredOf(inspected, image.Config ?? {}, around),
    restart: Name === "" ? "no" : MaximumRetryCount > 0 ? `${Name}:${MaximumRetryCount}` : Name,
    mode: inspected.HostConfig?.NetworkMode ?? "",
    peer: peerIn(inspected.HostConfig?.NetworkMode ?? "", around.peers),
  };
}

function byName(listed: readonly Listed[]): ReadonlyMap<string, Listed> {
  return new Map(listed.map((one) => [one.Name, one]));
}
