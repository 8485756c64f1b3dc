import type { Problem } from "../../compose/values/problem.js";
import { formatProblem } from "../../compose/values/problem.js";
import { parseImage } from "../../compose/values/image.js";
import type { RepositoryState } from "../../control/ports/source.js";
import type { EngineState } from "../../control/surface/engine-state.js";
import type { Condition, ServiceStatus } from "../../plan/model/condition.js";
import type { NoticeKind } from "../model/notice.js";
import { noticeId, told } from "./draft.js";
import { releaseProblem } from "./entries.js";

/** A problem that lasts now. */
export interface Found {
  readonly key: string;
  readonly kind: NoticeKind;
  readonly project?: string;
  readonly service?: string;
  /** Where it is another one, the problem has changed. */
  readonly fingerprint: string;
  /** It is none before it has lasted so long. */
  readonly afterMs: number;
  readonly title: string;
  readonly reason: string;
  readonly command?: string;
  /** What its end is told as. Absent: that is not told. */
  readonly end?: { readonly kind: NoticeKind; readonly title: string };
}

/** How everything stands, as far as it is known. */
export interface Standing {
  /** The host has been seen whole. */
  readonly isReady: boolean;
  readonly services: readonly ServiceStatus[];
  /** By the projects' own files. */
  readonly files: ReadonlyMap<string, readonly Problem[]>;
  readonly projects: readonly { readonly name: string; readonly file: string }[];
  readonly repositories: readonly RepositoryState[];
  readonly engine: EngineState;
}

export interface Look {
  readonly found: readonly Found[];
  /** Of these nobody can say whether they have ended; of all others that are not found, they have. */
  readonly isOpenStill: (key: string) => boolean;
}

/** A registry, a repository or the engine that is away for less is nothing to wake people for. */
const patienceMs = 5 * 60_000;

/** What is wrong now. */
export function problemsIn(standing: Standing): Look {
  const { services, isReady, engine } = standing;
  const looks = isReady ? services.map(ofService) : [];
  const registries = isReady ? registriesOf(services) : { found: [], lasting: [] };
  const found = [
    ...looks.flatMap((one) => one.found),
    ...registries.found,
    ...filesOf(standing),
    ...standing.repositories.flatMap(ofRepository),
    ...ofEngine(engine),
  ];
  const lasting = new Set([...looks.flatMap((one) => one.lasting), ...registries.lasting]);
  const isOfHost = (key: string) => /^(?:crash|waiting|release|signature|registry) /.test(key);
  const isLasting = (key: string) => lasting.has(key.split(" ").slice(0, 2).join(" "));
  return { found, isOpenStill: (key) => (isOfHost(key) && !isReady) || key.startsWith("job ") || isLasting(key) };
}

interface Part {
  readonly found: readonly Found[];
  /** The first two words of their keys. */
  readonly lasting: readonly string[];
}

/** Neither looked at, nor to be seen now. */
const unseen: ReadonlySet<string> = new Set(["NotObserved", "EngineUnavailable", "OtherController", "InternalError"]);
const ofCrash: ReadonlySet<string> = new Set(["CrashLooping", "Flapping"]);
const off: ReadonlySet<string> = new Set(["Stopped", "Orphaned", "Removing"]);

function ofService(status: ServiceStatus): Part {
  const { project, service, conditions, sync } = status;
  const name = `${project}/${service}`;
  const ready = conditions.find(({ type }) => type === "Ready");
  const keys = [`crash ${name}`, `waiting ${name}`, `signature ${name}`, releaseProblem(name)] as const;
  const [crash, waiting, signature, release] = keys;
  if (ready === undefined || unseen.has(ready.reason)) return { found: [], lasting: keys };
  const found: Found[] = [];
  const whose = { project, service, afterMs: 0 };
  const loop = conditions.find(
    ({ reason, type, status: is }) => ofCrash.has(reason) && (type === "Ready" || is !== "False"),
  );
  if (loop !== undefined) found.push({ ...whose, ...crashOf(crash, name, loop) });
  if (ready.reason === "WaitingForApproval") found.push({ ...whose, ...waitingOf(waiting, name, status, ready) });
  const refused = conditions.find(isOfSignature);
  if (refused !== undefined) found.push({ ...whose, ...signatureOf(signature, name, refused) });
  const isWell = ready.status === "True";
  const isHeld = conditions.some(({ reason, status: is }) => is === "True" && reason === "ReloadFailed");
  const lasting = [
    ...(isWell || off.has(ready.reason) ? [] : [crash]),
    ...(isWell && sync === "Synced" && !isHeld ? [] : [release]),
  ];
  return { found, lasting };
}

function crashOf(key: string, name: string, { reason, message }: Condition) {
  return {
    ...{ key, kind: "crash-looping" as const, fingerprint: "" },
    ...{ title: `${name}: it crashes again and again`, reason: told(`${reason}: ${message}`) },
    end: { kind: "recovered" as const, title: `${name}: it runs again` },
  };
}

function waitingOf(key: string, name: string, { desiredDigest: digest, tag }: ServiceStatus, ready: Condition) {
  const command = `fairlead approve ${name}${digest === undefined ? "" : ` --digest ${digest}`}`;
  return {
    // Each digest waits for a word of its own.
    ...{ key: `${key} ${digest ?? ""}`, kind: "waiting" as const, fingerprint: "" },
    ...{ command, reason: told(ready.message) },
    title: `${name}: ${tag === undefined ? "what is wanted" : told(tag, 128)} waits for an approval`,
  };
}

/** Any word that says so: how signatures are judged is not known here. */
function isOfSignature({ reason, status }: Condition): boolean {
  return status !== "True" && /^(?:Signature|Unsigned|NotSigned|Unverified|VerificationFailed)/.test(reason);
}

function signatureOf(key: string, name: string, { reason, message }: Condition) {
  return {
    ...{ key, kind: "signature" as const, fingerprint: noticeId(reason, message) },
    ...{ title: `${name}: the signature of what is wanted is refused`, reason: told(`${reason}: ${message}`) },
    end: { kind: "signature" as const, title: `${name}: no signature is refused any more` },
  };
}

/** One message for a registry, however many services need it. */
function registriesOf(services: readonly ServiceStatus[]): Part {
  const hosts = new Map<string, { readonly away: Condition[]; isAnswering: boolean }>();
  for (const { image, conditions } of services) {
    const host = hostOf(image);
    const condition = conditions.find(({ type }) => type === "DigestResolved");
    if (host === undefined || condition === undefined) continue;
    const one = hosts.get(host) ?? { away: [], isAnswering: false };
    hosts.set(host, one);
    if (condition.reason === "RegistryUnavailable") one.away.push(condition);
    else if (condition.status === "True") one.isAnswering = true;
  }
  const all = [...hosts];
  const found = all.flatMap(([host, { away }]): Found[] => {
    const [first] = away;
    if (first === undefined) return [];
    const what = `${away.length} ${away.length === 1 ? "service needs" : "services need"} it`;
    return [
      {
        ...{ key: `registry ${host}`, kind: "registry", fingerprint: "", afterMs: patienceMs },
        ...{ title: `registry ${host} does not answer`, reason: told(`${what}: ${first.message}`) },
        end: { kind: "registry", title: `registry ${host} answers again` },
      },
    ];
  });
  return { found, lasting: all.flatMap(([host, { isAnswering }]) => (isAnswering ? [] : [`registry ${host}`])) };
}

function hostOf(image: string): string | undefined {
  try {
    return parseImage(image).registry;
  } catch {
    return undefined;
  }
}

/** What is wrong with a repository as a whole stands among the files under its own name: its state says more. */
function filesOf({ files, projects, repositories }: Standing): readonly Found[] {
  return [...files].flatMap(([file, problems]): Found[] => {
    const [first, ...more] = problems.map(formatProblem);
    if (first === undefined || repositories.some(({ source }) => source === file)) return [];
    const project = projects.find((one) => one.file === file)?.name;
    const rest = more.length === 0 ? "" : `; and ${more.length} more`;
    return [
      {
        ...{ key: `source ${file}`, kind: "source", fingerprint: noticeId(first, ...more), afterMs: 0 },
        ...(project === undefined ? {} : { project }),
        ...{ title: `${file} is not in force`, reason: told(`${first}${rest}`) },
        end: { kind: "source", title: `${file} has no problems any more, and is in force` },
      },
    ];
  });
}

/** Not looked at yet, or with a file that has problems of its own. */
const noFault: ReadonlySet<string> = new Set(["NotSeen", "RevisionInvalid"]);

function ofRepository({ source, ref, condition }: RepositoryState): readonly Found[] {
  const { status, reason, message } = condition;
  if (status === "True" || noFault.has(reason)) return [];
  const name = `${source} ${ref}`;
  const isRefused = /^(?:Signature|Unsigned|NotSigned|Unverified|VerificationFailed)/.test(reason);
  const kind = isRefused ? ("signature" as const) : ("source" as const);
  return [
    {
      ...{ key: `repository ${name}`, kind, fingerprint: reason, afterMs: isRefused ? 0 : patienceMs },
      title: isRefused ? `the signature of a commit of ${name} is refused` : `${name} cannot be followed`,
      reason: told(`${reason}: ${message}`),
      end: { kind, title: `${name} is followed again` },
    },
  ];
}

function ofEngine(engine: EngineState): readonly Found[] {
  if (engine.kind === "reachable") return [];
  return [
    {
      ...{ key: "engine", kind: "engine", fingerprint: "", afterMs: patienceMs },
      title: "the engine cannot be reached, and nothing is done for the services",
      reason: told(`since ${engine.since}: ${engine.message}`),
      end: { kind: "engine", title: "the engine is reached again" },
    },
  ];
}
