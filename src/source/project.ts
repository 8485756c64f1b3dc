import { posix } from "node:path";
import type { ProjectSpec } from "../compose/model/service.js";
import { readProject, type ReadResult } from "../compose/project/compose.js";
import type { ResolvedProject } from "../compose/resolved/writer.js";
import type { ImageReference } from "../compose/values/image.js";
import type { Problem } from "../compose/values/problem.js";
import { withGates } from "../gate/derive.js";
import { defaultGateImage } from "../gate/image.js";
import type { Selected } from "./selection.js";
import { Texts } from "./texts.js";

/** What is known of one project. */
export interface Known {
  readonly selected: Selected;
  /** Of every file that can change it. */
  readonly texts: Texts;
  /** The last good version; absent: there was none. */
  readonly project: ProjectSpec | undefined;
  /** What is wrong with the newest version. */
  readonly problems: readonly Problem[];
  /** No pattern finds it any more. */
  readonly gone: boolean;
}

export interface ReadOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly profiles?: readonly string[] | undefined;
  /** Of gates. Absent: HAProxy's own. */
  readonly gateImage?: ImageReference;
  readonly onWarning: (warning: Problem) => void;
}

/** Reads a project again; answers `before` itself if nothing has changed. */
export async function reread(selected: Selected, before: Known | undefined, options: ReadOptions): Promise<Known> {
  const texts = new Texts();
  for (const file of selected.files) await texts.read(posix.resolve(file), true);
  if (before?.gone === false && (await isUnchanged(selected, before, texts))) return before;
  return known(selected, texts, await readWhole(selected, texts, options), before, options);
}

/** Reads a project once, also as one Compose file; undefined where it has problems. */
export async function readResolved(
  selected: Selected,
  options: ReadOptions,
): Promise<{ readonly known: Known; readonly resolved: ResolvedProject | undefined }> {
  const texts = new Texts();
  for (const file of selected.files) await texts.read(posix.resolve(file), true);
  const result = await readWhole(selected, texts, options);
  return {
    known: known(selected, texts, result, undefined, options),
    resolved: result.ok ? result.resolve() : undefined,
  };
}

function known(
  selected: Selected,
  texts: Texts,
  result: ReadResult,
  before: Known | undefined,
  options: ReadOptions,
): Known {
  const { gateImage = defaultGateImage } = options;
  for (const warning of result.warnings) options.onWarning(warning);
  return {
    selected,
    texts,
    project: result.ok ? withGates(result.project, gateImage) : before?.project,
    problems: result.ok ? [] : result.problems,
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
    if (unread.size === 0) return result;
    for (const path of unread) await texts.read(path);
  }
}

function readOnce(
  { files }: Selected,
  texts: Texts,
  { environment, profiles }: ReadOptions,
  onUnread: (path: string) => void,
): ReadResult {
  const named = files.map((file) => ({ file, path: posix.resolve(file), found: texts.get(posix.resolve(file)) }));
  const problems = named.flatMap(({ file, found }) =>
    found !== undefined && "missing" in found ? [unreadable(file, found.missing)] : [],
  );
  const [own, ...overrides] = named.flatMap(({ file, path, found }) =>
    found !== undefined && "text" in found ? [{ file, path, text: found.text }] : [],
  );
  if (own === undefined || problems.length > 0) return { ok: false, problems, warnings: [] };
  return readProject({
    ...own,
    overrides,
    directory: posix.dirname(own.path),
    environment,
    ...(profiles === undefined ? {} : { profiles }),
    readText: (path) => {
      const found = texts.get(path);
      if (found === undefined) onUnread(path);
      return found ?? { missing: "ENOENT" };
    },
  });
}

function unreadable(file: string, code: string): Problem {
  if (code === "ENOENT") return { file, path: "", message: "there is no such file", hint: "name another with --file" };
  return { file, path: "", message: `the file cannot be read (${code})` };
}
