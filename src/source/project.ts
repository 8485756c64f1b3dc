import { posix } from "node:path";
import type { ProjectSpec } from "../compose/model/service.js";
import type { Ground } from "../compose/document/ground.js";
import { notRegular } from "../compose/document/library.js";
import { readProject, type ReadResult } from "../compose/project/compose.js";
import type { ResolvedProject } from "../compose/resolved/writer.js";
import type { ImageReference } from "../compose/values/image.js";
import type { Problem, Warning } from "../compose/values/problem.js";
import { withGates } from "../gate/derive.js";
import { defaultGateImage } from "../gate/image.js";
import { SecretCommands } from "../secrets/commands.js";
import type { Keys } from "../sops/open.js";
import { readFaultBy } from "../tools/files/file-fault.js";
import { given } from "../tools/present.js";
import { decryptingShelf } from "./decrypting.js";
import { guardedShelf, guardOf, judged, type Guard, type Home, type PolicyInForce } from "./guard.js";
import type { Selected } from "./selection.js";
import { toldShelf } from "./told.js";
import { hostShelf, Texts, type Shelf } from "./texts.js";

/** What is known of one project. */
export interface Known {
  readonly selected: Selected;
  /** Of every file that can change it. */
  readonly texts: Texts;
  /** The last good version; absent: there was none. */
  readonly project: ProjectSpec | undefined;
  /** What is wrong with the newest version. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
  /** Those that its services belong to, active or not; undefined: that cannot be told. */
  readonly profiles: readonly string[] | undefined;
  /** No pattern finds it any more. */
  readonly gone: boolean;
}

export interface ReadOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly profiles?: readonly string[] | undefined;
  /** What is to run it. Absent: the containers of this host. */
  readonly engine?: "docker" | "swarm";
  /** Of gates. Absent: HAProxy's own. */
  readonly gateImage?: ImageReference;
  /** Where relative names of files begin. Absent: in the working directory. */
  readonly root?: string;
  /** Absent: the host's own files. */
  readonly shelf?: Shelf;
  /** Absent: the paths in the files stand where they are written. */
  readonly ground?: Ground;
  /** Absent: a project may ask for anything. */
  readonly policy?: PolicyInForce | undefined;
  /** What opens encrypted files. Absent: nothing. */
  readonly ageKeys?: Keys;
  /** Programs that tell secrets. Absent: there are none. */
  readonly commands?: SecretCommands;
  /** What is read is to be printed: what was encrypted is left out of it. */
  readonly isShown?: boolean;
  /** Where the project with this own file comes from. Absent: it is that file of the host. */
  readonly homeOf?: (file: string) => Home;
}

/** Reads a project again; answers `before` itself if nothing has changed. */
export async function reread(selected: Selected, before: Known | undefined, options: ReadOptions): Promise<Known> {
  const { root = "." } = options;
  const texts = textsOf(selected, options);
  for (const file of selected.files) await texts.read(posix.resolve(root, file), true);
  if (before?.gone === false && (await isUnchanged(selected, before, texts))) return before;
  return known({ selected, texts }, await readWhole(selected, texts, options), options, before);
}

/** Reads a project once, also as one Compose file; undefined where it has problems. */
export async function readResolved(
  selected: Selected,
  options: ReadOptions,
): Promise<{ readonly known: Known; readonly resolved: ResolvedProject | undefined }> {
  const texts = textsOf(selected, options);
  for (const file of selected.files) await texts.read(posix.resolve(file), true);
  const result = await readWhole(selected, texts, options);
  return {
    known: known({ selected, texts }, result, options),
    resolved: result.ok ? result.resolve() : undefined,
  };
}

/** Where the values of a project stand, by its own way of reading; undefined where it has problems. */
export async function readPlaces(
  selected: Selected,
  options: ReadOptions,
): Promise<Extract<ReadResult, { readonly ok: true }>["locate"] | undefined> {
  const { root = "." } = options;
  const texts = textsOf(selected, options);
  for (const file of selected.files) await texts.read(posix.resolve(root, file), true);
  const result = await readWhole(selected, texts, options);
  return result.ok ? result.locate : undefined;
}

const noCommands = new SecretCommands(new Map());

function textsOf(selected: Selected, options: ReadOptions): Texts {
  const {
    shelf = hostShelf,
    ageKeys = () => Promise.resolve([]),
    commands = noCommands,
    isShown = false,
    policy,
  } = options;
  const guard = guardIn(selected, options);
  const decrypted = decryptingShelf(guard === undefined ? shelf : guardedShelf(shelf, guard), ageKeys, isShown);
  return new Texts(toldShelf(decrypted, commands, isShown || policy?.onHost === false));
}

function guardIn(
  { files: [own] }: Selected,
  { policy, homeOf = hostHome, root = "." }: ReadOptions,
): Guard | undefined {
  return policy && guardOf(policy, homeOf(posix.resolve(root, own)));
}

function hostHome(file: string): Home {
  return { origin: { file }, folders: [posix.dirname(file)] };
}

function known(
  read: Pick<Known, "selected" | "texts">,
  result: ReadResult,
  { gateImage = defaultGateImage }: ReadOptions,
  before?: Known,
): Known {
  return {
    ...read,
    project: result.ok ? withGates(result.project, gateImage) : before?.project,
    problems: result.ok ? [] : result.problems,
    warnings: result.warnings,
    profiles: result.ok ? result.profiles : undefined,
    gone: false,
  };
}

async function isUnchanged(selected: Selected, before: Known, texts: Texts): Promise<boolean> {
  if (before.selected.files.join("\0") !== selected.files.join("\0")) return false;
  for (const path of before.texts.paths()) if (texts.get(path) === undefined) await texts.read(path);
  const unchanged = before.texts.paths().every((path) => texts.equals(path, before.texts));
  if (unchanged) before.texts.refresh(texts);
  return unchanged;
}

/** What a project consists of shows while it is read: it is read until no file is left that it names and that was not there. */
async function readWhole(selected: Selected, texts: Texts, options: ReadOptions): Promise<ReadResult> {
  for (;;) {
    const unread = new Set<string>();
    const result = readOnce(selected, texts, options, (path) => unread.add(path));
    if (unread.size === 0) {
      const guard = guardIn(selected, options);
      return guard === undefined ? result : judged(result, guard);
    }
    for (const path of unread) await texts.read(path);
  }
}

function readOnce(
  { files }: Selected,
  texts: Texts,
  { environment, profiles, engine, root = ".", ground }: ReadOptions,
  onUnread: (path: string) => void,
): ReadResult {
  const named = files.map((file) => {
    const path = posix.resolve(root, file);
    return { file, path, found: texts.get(path) };
  });
  const problems = named.flatMap(({ file, found }) =>
    found !== undefined && "missing" in found ? [unreadable(file, found.missing)] : [],
  );
  const [own, ...overrides] = named.flatMap(({ file, path, found }) =>
    found !== undefined && "text" in found ? [{ ...found, file, path }] : [],
  );
  if (own === undefined || problems.length > 0) return { ok: false, problems, warnings: [] };
  return readProject({
    ...own,
    overrides,
    directory: posix.dirname(own.path),
    environment,
    ...given({ profiles, engine, ground }),
    readText: (path) => {
      const found = texts.get(path);
      if (found === undefined) onUnread(path);
      return found ?? { missing: "ENOENT" };
    },
  });
}

const other = "name another with --file";

function unreadable(file: string, code: string): Problem {
  if (code === "ENOENT") return { file, path: "", message: "there is no such file", hint: other };
  if (code === "EISDIR") {
    const hint = `name the file in it, such as ${posix.join(file, "compose.yaml")}`;
    return { file, path: "", message: "this is a directory", hint };
  }
  if (code.endsWith(notRegular)) {
    const hint = "write into a regular file what it would give, or hand that over as `--file <(program)` or /dev/stdin";
    return { file, path: "", message: `this is ${code}`, hint };
  }
  if (!/^E[A-Z]+$/.test(code)) return { file, path: "", message: `the file cannot be read (${code})`, hint: other };
  const { message, remedy } = readFaultBy(code, "it");
  return { file, path: "", message, hint: code === "EACCES" || code === "EPERM" ? remedy : other };
}
