/*
 * A services file from what runs lives here. It only reads.
 */

import { serviceKeys } from "../../compose/keys/keys.js";
import { Secret } from "../../tools/secret.js";
import type { MountedVolume } from "../adopt/volumes-of.js";
import { isEmpty, recordOf } from "../create/body.js";
import { Declarations } from "./declarations.js";
import { draftImage } from "./image.js";
import { draftMounts } from "./mounts.js";
import { draftNetworks } from "./networks.js";
import { looksSecret, Secrets } from "./secrets.js";
import type { Subject, Survey } from "./survey.js";
import { nested, words } from "./words.js";

export interface Draft {
  /** A services file. */
  readonly file: object;
  /** What it does not say, and what to look at; without values. */
  readonly notes: readonly string[];
  /** What it refers to by `${NAME}`. */
  readonly secrets: ReadonlyMap<string, Secret>;
}

/** The one Compose project of what was found; undefined: there is none, or several. */
export function projectIn({ subjects }: Survey): string | undefined {
  const projects = new Set(subjects.flatMap(({ compose }) => compose?.project ?? []));
  return projects.size === 1 ? [...projects][0] : undefined;
}

/** A services file for what the survey found, so that adopting it would change nothing. */
export function draftFile(project: string, survey: Survey): Draft {
  const notes: string[] = [];
  const secrets = new Secrets();
  const declarations = new Declarations(project, survey);
  const services: Record<string, object> = {};
  for (const subject of survey.subjects) {
    const name = serviceName(subject, project);
    if (isReplica(subject, project) && Object.hasOwn(services, name)) {
      services[name] = { ...services[name], scale: replicasOf(subject, survey) };
      continue;
    }
    const note = (text: string) => {
      notes.push(`${subject.name}: ${text}`);
    };
    const service = draftService(subject, project, { declarations, secrets, note });
    if (service !== undefined) services[unique(name, services)] = service;
  }
  return { file: { name: project, services, ...declarations.file() }, notes, secrets: secrets.values };
}

/** One of several that Compose runs of a service of this project; they are made alike. */
function isReplica({ compose }: Subject, project: string): boolean {
  return compose?.project === project;
}

/** The highest number counts: a gap is filled again. */
function replicasOf({ compose }: Subject, { subjects }: Survey): number {
  const alike = subjects.filter(
    (other) => other.compose?.project === compose?.project && other.compose?.service === compose?.service,
  );
  return Math.max(...alike.map((other) => other.compose?.slot ?? 1));
}

/** What does not go into the service itself. */
interface Aside {
  readonly declarations: Declarations;
  readonly secrets: Secrets;
  readonly note: (text: string) => void;
}

function draftService(subject: Subject, project: string, { declarations, secrets, note }: Aside): object | undefined {
  const image = draftImage(subject, note);
  if (image === undefined) return undefined;
  const mounts = draftMounts(recordOf(subject.declared["volumes"]) as Record<string, MountedVolume>, (volume) =>
    declarations.volume(volume),
  );
  for (const target of mounts.unsaid) note(`not everything could be said of the mount at ${target}`);
  const said = Object.entries(words).flatMap(([key, word]) => {
    if (isEmpty(subject.declared[key])) return [];
    if (!isSupported(key)) {
      note(`${key} is left out: services files do not support it yet`);
      return [];
    }
    return [[key.split("."), word(subject.declared[key])] as const];
  });
  for (const key of Object.keys(subject.declared)) {
    if (key !== "volumes" && !Object.hasOwn(words, key)) note(`${key} is left out: it cannot be expressed`);
  }
  const { environment, ...rest } = nested(said);
  return dollars({
    image,
    ...(hasUsualName(subject, project) ? {} : { container_name: subject.name }),
    ...rest,
    ...(environment === undefined ? {} : { environment: conceal(subject, recordOf(environment), secrets, note) }),
    ...(mounts.volumes.length === 0 ? {} : { volumes: mounts.volumes }),
    ...(mounts.tmpfs.length === 0 ? {} : { tmpfs: mounts.tmpfs }),
    ...draftNetworks(subject, serviceName(subject, project), declarations),
    ...(subject.restart === "no" ? {} : { restart: subject.restart }),
  });
}

function isSupported(key: string): boolean {
  const table: Readonly<Record<string, { readonly support: string }>> = serviceKeys;
  return table[key.split(".")[0] ?? key]?.support === "supported";
}

/** A secret stands in the file by its name only. The mark keeps its dollar sign from being doubled. */
function conceal(
  subject: Subject,
  environment: Readonly<Record<string, unknown>>,
  secrets: Secrets,
  note: (text: string) => void,
): object {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => {
      if (typeof value !== "string" || !looksSecret(name, value)) return [name, value ?? ""];
      note(`${name} looks like a secret: the file refers to it, and does not hold it`);
      return [name, new Reference(secrets.put(serviceName(subject, ""), name, new Secret(value)))];
    }),
  );
}

class Reference {
  constructor(readonly text: string) {}
}

/** A dollar sign begins a variable in a services file. */
function dollars(value: unknown): object {
  return escaped(value) as object;
}

function escaped(value: unknown): unknown {
  if (value instanceof Reference) return value.text;
  if (typeof value === "string") return value.replaceAll("$", "$$$$");
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, escaped(item)]));
}

export function serviceName({ name, compose }: Pick<Subject, "name" | "compose">, project: string): string {
  return compose !== undefined && (project === "" || compose.project === project) ? compose.service : name;
}

/** Compose's names for it, old and new. */
function hasUsualName({ name, compose }: Subject, project: string): boolean {
  if (compose?.project !== project) return false;
  return ["-", "_"].some((joint) => name === [project, compose.service, compose.slot].join(joint));
}

function unique(name: string, taken: Readonly<Record<string, object>>): string {
  for (let number = 2; ; number += 1) {
    if (!Object.hasOwn(taken, name)) return name;
    name = `${name}-${number}`;
  }
}
