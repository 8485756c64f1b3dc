import { posix } from "node:path";
import type { Problem } from "../../compose/values/problem.js";
import { quote } from "../../tools/quote.js";
import { nearest } from "../../tools/suggest.js";
import type { Commit } from "../../control/ports/source.js";
import { reread, type Known, type ReadOptions } from "../../source/project.js";
import { isPattern, selectFiles, type Selected } from "../../source/selection.js";
import { Texts } from "../../source/texts.js";
import { given } from "../../tools/present.js";
import type { Contents, Need, Unpacker } from "../kept/contents.js";
import type { Tree } from "../repository/tree.js";
import { finderIn } from "./finder.js";
import { withPlaces, type Place } from "../tended/places.js";
import { linkFault, RevisionGround, submoduleHint } from "./ground.js";
import { followingTags, type Records } from "./records.js";
import type { RevisionShelf } from "./shelf.js";

/** What is known of one project of a repository. */
export interface Held {
  readonly known: Known;
  /** What it has asked of the revision that it was read in. */
  readonly ground: RevisionGround | undefined;
  /** As of the revision that is in force; absent: there was never a good one. */
  readonly inForce: RevisionGround | undefined;
  /** The revision that is in force, and the commit that changed it last; absent: there was never a good one. */
  readonly revision: string | undefined;
  readonly changed: Commit | undefined;
  /** What of it is brought up to date where it is mounted, as of the revision in force. */
  readonly places: readonly Place[];
  /** Of the project that is in force, where its tags are followed all the same. */
  readonly records?: Records | undefined;
}

/** Files of one mounted folder: who watches folders looks at no more than a thousand entries. */
const mostTended = 500;

export interface Revision {
  readonly commit: Commit;
  readonly tree: Tree;
  readonly shelf: RevisionShelf;
}

export interface ReadRevisionOptions extends Pick<
  ReadOptions,
  "environment" | "profiles" | "engine" | "gateImage" | "policy" | "homeOf" | "ageKeys" | "commands"
> {
  readonly paths: readonly string[];
  /** Where the repository's own paths begin. */
  readonly root: string;
  readonly contents: Contents;
  /** Where what is brought up to date stands. */
  readonly tended: string;
  /** Absent: nothing is written, and so nothing is looked into. */
  readonly unpacker: Unpacker | undefined;
  /** A project's own file as all the world knows it. */
  readonly nameOf: (file: string) => string;
  /** A digest behind a tag is a record of what ran: the tag is followed. */
  readonly followsTags?: boolean;
}

export interface ReadRevision {
  readonly held: ReadonlyMap<string, Held>;
  /** The patterns that match nothing. */
  readonly barren: readonly string[];
}

/** Reads everything that a revision declares, before any of it acts. What has not changed since `before` is that itself. */
export async function readRevision(
  revision: Revision,
  before: ReadonlyMap<string, Held>,
  options: ReadRevisionOptions,
  signal: AbortSignal,
): Promise<ReadRevision> {
  const { tree, shelf, commit } = revision;
  const { paths, root } = options;
  const selection = await selectFiles(paths, finderIn(tree));
  const own = selection.projects.flatMap(({ files }) => files.map((file) => posix.resolve(root, file)));
  await shelf.prepare([...own.filter((path) => isUnread(path, before)), ...changedTexts(before, revision, root)]);
  const held = new Map<string, Held>();
  for (const selected of selection.projects) {
    const [file] = selected.files;
    held.set(file, await readOne(selected, before.get(file), revision, options, signal));
  }
  const declared = new Set([...held.values()].map(({ known }) => known.project?.name));
  for (const [file, one] of before) {
    if (held.has(file) || one.known.project === undefined || declared.has(one.known.project.name)) continue;
    if (one.known.gone) {
      held.set(file, one);
      continue;
    }
    const known = { ...one.known, gone: true, warnings: [], problems: [goneProblem(file, commit.id)] };
    held.set(file, { ...one, known });
  }
  shelf.forget();
  return { held, barren: selection.barren };
}

/** As settings name it: the files of one project, of which `file` is the first, or that one alone. */
export function selectedAs(file: string, paths: readonly string[]): Selected {
  const [first, ...others] = paths.filter((path) => !isPattern(path));
  return first === file ? { files: [first, ...others], matched: false } : { files: [file], matched: true };
}

/** Reads one project in a revision. What it needs of the revision is there when this has ended. */
export async function readOne(
  selected: Selected,
  before: Held | undefined,
  { tree, shelf, commit }: Revision,
  options: ReadRevisionOptions,
  signal: AbortSignal,
): Promise<Held> {
  if (before !== undefined && (await isUnchanged(selected, before, tree, shelf))) {
    return before.known.problems.length === 0 ? { ...before, revision: commit.id } : before;
  }
  const missing = selected.files.flatMap((file) => missingIn(tree, file, commit.id) ?? [])[0];
  if (missing !== undefined) return without(selected, before, missing);
  const pointers = new Map<string, string>();
  const written = new Set<string>();
  for (;;) {
    const ground = new RevisionGround({ tree, root: options.root, contents: options.contents, pointers, written });
    const { environment, profiles, engine, gateImage, root, policy, homeOf, ageKeys, commands } = options;
    const known = await reread(selected, before && { ...before.known, gone: true }, {
      ...{ environment, root, shelf, ground, policy },
      ...given({ engine, homeOf, ageKeys, commands }),
      ...(profiles === undefined ? {} : { profiles }),
      ...(gateImage === undefined ? {} : { gateImage }),
    });
    if (known.problems.length > 0) return failed(known, before, ground, commit.id);
    const more = [...ground.written].filter((path) => !written.has(path));
    for (const path of more) written.add(path);
    // Somebody may have asked for it before that was known.
    if (more.length > 0) continue;
    if (!(await hasPointers(ground.needs, pointers, options, signal))) {
      const isTooLarge = ({ entry }: Need) => tree.below(entry.path).length > mostTended;
      const placed =
        known.project && withPlaces(known.project, { folder: options.tended, tended: ground.tended, isTooLarge });
      const own = placed && { ...placed.project, file: options.nameOf(selected.files[0]) };
      const { project, records } =
        options.followsTags === true ? followingTags(own) : { project: own, records: undefined };
      // It may have been read again for the sake of a file that is not in git.
      const changed = before?.revision === commit.id ? before.changed : commit;
      const places = placed?.places ?? [];
      return { known: { ...known, project }, ground, inForce: ground, revision: commit.id, changed, places, records };
    }
  }
}

/** Whether, looked into, there is one more file that only points elsewhere. */
async function hasPointers(
  needs: readonly Need[],
  pointers: Map<string, string>,
  { contents, unpacker }: ReadRevisionOptions,
  signal: AbortSignal,
): Promise<boolean> {
  if (unpacker === undefined) return false;
  await contents.provide(needs, unpacker, signal);
  for (const need of needs) {
    const pointer = await contents.pointerIn(need);
    if (pointer !== undefined) pointers.set(need.entry.id, pointer);
  }
  return pointers.size > 0;
}

async function isUnchanged(selected: Selected, before: Held, tree: Tree, shelf: RevisionShelf): Promise<boolean> {
  const { known, ground } = before;
  if (known.gone || known.selected.files.join("\0") !== selected.files.join("\0")) return false;
  return ground?.isSameIn(tree) === true && (await known.texts.areCurrent(shelf));
}

function failed(known: Known, before: Held | undefined, ground: RevisionGround, commit: string): Held {
  const problems = known.problems.map((problem) => ({ ...problem, commit }));
  return {
    known: { ...known, project: before?.known.project, problems },
    ground,
    inForce: before?.inForce,
    revision: before?.revision,
    changed: before?.changed,
    places: before?.places ?? [],
    records: before?.records,
  };
}

/** Why what `path` of the settings names is no file of the revision; undefined: it is one. */
function missingIn(tree: Tree, file: string, commit: string): Problem | undefined {
  const path = posix.normalize(file);
  const found = tree.find(path);
  const stays = "the last good version of its project stays in force";
  const said = (message: string, hint: string) => ({ file, commit, path: "", message, hint: `${hint}; ${stays}` });
  switch (found.kind) {
    case "submodule":
      return said(`it is in the submodule ${found.path}, which is not fetched`, submoduleHint);
    case "outside":
      return said(linkFault(found), "link to a file of the repository, or name that file with `path`");
    case "nothing": {
      if (tree.isLink(path))
        return said("it is a symbolic link to what is not there", "link to a file of the repository");
      const meant = nearest(path, tree.files());
      const another = "name another with `path`";
      return said(
        "there is no such file in the repository",
        meant === undefined ? another : `did you mean ${quote(meant)}? ${another}`,
      );
    }
    case "entry":
      if (found.entry.kind === "file") return undefined;
      return said("this is a folder", `name the file in it, such as ${posix.join(path, "compose.yaml")}`);
  }
}

function without(selected: Selected, before: Held | undefined, problem: Problem): Held {
  const { file, message } = problem;
  const [told] = before?.known.problems ?? [];
  const isTold = told?.file === file && told.message === message;
  if (before !== undefined && before.ground === undefined && isTold && !before.known.gone) return before;
  const known = { selected, project: before?.known.project, problems: [problem], warnings: [], profiles: undefined };
  return {
    // No text of it is there that could change.
    known: { ...known, gone: false, texts: new Texts() },
    // Without a ground it is read again in every revision.
    ground: undefined,
    inForce: before?.inForce,
    revision: before?.revision,
    changed: before?.changed,
    places: before?.places ?? [],
    records: before?.records,
  };
}

function isUnread(path: string, before: ReadonlyMap<string, Held>): boolean {
  return ![...before.values()].some(({ known }) => known.texts.get(path) !== undefined);
}

/** What projects have read, and what is otherwise in this revision. */
function changedTexts(before: ReadonlyMap<string, Held>, { shelf }: Revision, root: string): readonly string[] {
  return [...before.values()].flatMap(({ known }) =>
    known.texts
      .paths()
      .filter((path) => path.startsWith(`${root}/`) && known.texts.stampOf(path) !== shelf.stampIn(path)),
  );
}

function goneProblem(file: string, commit: string): Problem {
  const message = "the file is gone; the last good version of its project stays in force";
  const hint = "put it back; a restart forgets the project and leaves its containers alone";
  return { file, commit, path: "", message, hint };
}
