import { posix } from "node:path";
import { isSameDeclaration } from "../../compose/model/hash.js";
import type { ProjectSpec, ServiceSpec } from "../../compose/model/service.js";
import type { Problem } from "../../compose/values/problem.js";
import { readPlaces } from "../../source/project.js";
import { given } from "../../tools/present.js";
import { insideOf } from "../reading/ground.js";
import type { Held, ReadRevisionOptions, Revision } from "../reading/revision.js";
import { edited, editFor, isEdit, type Edit, type Unwritable } from "./edit.js";
import { isChosen, isMeant, type Wish } from "./wishes.js";

/** The projects of a repository, by their own files. */
export type Projects = ReadonlyMap<string, Held>;

/** A wish, and the one piece of one file that would grant it. */
export interface Planned {
  readonly wish: Wish;
  /** From the repository's root on, links followed. */
  readonly path: string;
  readonly edit: Edit;
}

export interface Refused extends Unwritable {
  readonly wish: Wish;
}

/** What a revision asks for, wish by wish. */
export interface Draft {
  readonly planned: readonly Planned[];
  /** They stand there, or the file means another image by now. */
  readonly done: readonly Wish[];
  readonly refused: readonly Refused[];
}

/** What would have to be written into a revision, as `held` has read it. */
export async function draftOf(
  wishes: readonly Wish[],
  revision: Revision,
  held: Projects,
  reading: ReadRevisionOptions,
): Promise<Draft> {
  const planned: Planned[] = [];
  const done: Wish[] = [];
  const refused: Refused[] = [];
  const places = new Map<Held, Awaited<ReturnType<typeof readPlaces>>>();
  for (const wish of wishes) {
    const project = projectIn(held, wish);
    const spec = project?.known.project?.services.find(({ name }) => name === wish.service);
    if (wish.what === "digest" && spec !== undefined && isChosen(spec)) {
      refused.push({ wish, ...chosen });
      continue;
    }
    if (project === undefined || spec === undefined || isOver(wish, spec, project)) {
      done.push(wish);
      continue;
    }
    const locate = places.get(project) ?? (await readPlaces(project.known.selected, optionsOf(revision, reading)));
    places.set(project, locate);
    const way = [["services", wish.service, "image"]];
    const found =
      locate === undefined ? brokenFile(project) : await plannedAt(wish, locate(way), revision, reading.root);
    if ("edit" in found) planned.push(found);
    else refused.push({ wish, ...found });
  }
  return { planned, done, refused };
}

/** The new texts of the files that are to be changed. */
export async function textsOf(
  planned: readonly Planned[],
  revision: Revision,
  root: string,
): Promise<ReadonlyMap<string, string>> {
  const paths = [...new Set(planned.map(({ path }) => path))];
  const texts = paths.map(async (path) => {
    const text = (await revision.shelf.bytes(posix.join(root, path)))?.toString("utf8") ?? "";
    const edits = planned.flatMap((one) => (one.path === path ? [one.edit] : []));
    return [path, edited(text, edits)] as const;
  });
  return new Map(await Promise.all(texts));
}

/** Why a revision with these changes is not the one before it with just these records. Undefined: it is. */
export function wrongIn(before: Projects, after: Projects, planned: readonly Planned[]): string | undefined {
  if (before.size !== after.size) return "other projects would be read";
  for (const [file, { known, records = none }] of before) {
    const now = after.get(file);
    if (now === undefined || known.problems.length !== now.known.problems.length)
      return "the file would be broken by it";
    const name = known.project?.name;
    const own = planned.flatMap(({ wish }) => (wish.project === name ? [wish] : []));
    const expected = withTags(known.project, own);
    if (!isSameDeclaration(expected, now.known.project)) return changedWith(expected, now.known.project);
    const wished = new Map(own.flatMap(({ what, service, digest }) => (what === "digest" ? [[service, digest]] : [])));
    const services = new Set([...records.keys(), ...(now.records ?? none).keys(), ...wished.keys()]);
    const wrong = [...services].filter(
      (service) => now.records?.get(service) !== (wished.get(service) ?? records.get(service)),
    );
    const [other] = wrong.filter((service) => !wished.has(service));
    if (other !== undefined) return `${name}/${other} has its image from the same place, and does not run that`;
    if (wrong.length > 0) return "what is written there would not be read as its image";
  }
  return undefined;
}

function changedWith(expected: ProjectSpec | undefined, found: ProjectSpec | undefined): string {
  const others = expected?.services.filter(
    (spec) =>
      !isSameDeclaration(
        spec,
        found?.services.find(({ name }) => name === spec.name),
      ),
  );
  const names = (others ?? []).map(({ name }) => `${expected?.name ?? ""}/${name}`);
  if (names.length === 0) return "something else of the project would change with it";
  return `${names.join(", ")} would change with it: the image is taken from there, or the file itself is mounted`;
}

export function projectIn(held: Projects, { project }: Pick<Wish, "project">): Held | undefined {
  return [...held.values()].find(({ known }) => known.project?.name === project);
}

const none: ReadonlyMap<string, string> = new Map();

const chosen: Unwritable = {
  message: "its tag is chosen by its policy: what runs is not behind the tag that is written",
  remedy: "write `what: tag`",
};

function isOver(wish: Wish, spec: ServiceSpec, { records }: Held): boolean {
  if (!isMeant(wish, spec)) return true;
  return wish.what === "tag" ? spec.image.tag === wish.image.tag : records?.get(wish.service) === wish.digest;
}

/** A project as it is to be read once the chosen tags are written. */
function withTags(project: ProjectSpec | undefined, wishes: readonly Wish[]): ProjectSpec | undefined {
  const tags = new Map(wishes.flatMap(({ what, service, image }) => (what === "tag" ? [[service, image.tag]] : [])));
  if (project === undefined || tags.size === 0) return project;
  const services = project.services.map((spec) =>
    tags.has(spec.name) ? { ...spec, image: { ...spec.image, tag: tags.get(spec.name) } } : spec,
  );
  return { ...project, services };
}

function optionsOf(
  { shelf }: Revision,
  { environment, profiles, policy, homeOf, ageKeys, commands, root }: ReadRevisionOptions,
) {
  return { environment, root, shelf, policy, ...given({ profiles, homeOf, ageKeys, commands }) };
}

function brokenFile({ known }: Held): Unwritable {
  const message = known.problems[0]?.message ?? "the newest commit cannot be read";
  return { message: `its file is broken: ${message}`, remedy: "mend it" };
}

async function plannedAt(
  wish: Wish,
  { file, line, column }: Pick<Problem, "file" | "line" | "column">,
  { tree, shelf }: Revision,
  root: string,
): Promise<Planned | Unwritable> {
  const elsewhere = {
    message: `it stands in ${file}, which is not a file of the repository`,
    remedy: "take it into git",
  };
  const inside = insideOf(root, posix.resolve(root, file));
  const found = inside === undefined ? undefined : tree.find(inside);
  if (found?.kind !== "entry" || found.entry.kind !== "file" || line === undefined || column === undefined) {
    return elsewhere;
  }
  const { path } = found.entry;
  if (tree.isInModule(path)) return { ...elsewhere, message: `it stands in ${file}, which is of a submodule` };
  const bytes = await shelf.bytes(posix.join(root, path));
  const text = bytes?.toString("utf8");
  if (bytes === undefined || text === undefined || !bytes.equals(Buffer.from(text, "utf8"))) {
    return { message: `${path} is not UTF-8`, remedy: "write it as UTF-8" };
  }
  const edit = editFor(text, { line, column }, wish);
  return isEdit(edit) ? { wish, path, edit } : { ...edit, message: `${file}:${line}:${column}: ${edit.message}` };
}
