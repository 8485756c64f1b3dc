import { readdir, stat } from "node:fs/promises";
import { posix } from "node:path";
import { nearest } from "../tools/suggest.js";
import { quote } from "../tools/quote.js";
import { FairleadError } from "../errors.js";
import type { From, Policy } from "../policy/model/permissions.js";
import { codeOf } from "../tools/files/file-fault.js";
import { isPattern } from "./selection.js";

/**
 * What a policy says of files that are nowhere holds for nobody, and nobody would notice. A file that `files` names may be
 * missing for a while. Throws FairleadError `ConfigInvalid` with the place.
 */
export async function checkOrigins({ projects }: Policy, files: readonly string[]): Promise<void> {
  for (const from of projects.flatMap((project) => project.from)) {
    const { file, repository, place = "policy", written = file } = from;
    if (file === undefined || written === undefined || repository !== undefined) continue;
    const wrong = await faultOf(file, quote(written), files);
    if (wrong === undefined) continue;
    const [message, remedy] = wrong;
    throw new FairleadError("ConfigInvalid", `${place}: ${message}`, { remedy, retry: "never" });
  }
}

const forms = "name a services file, a folder that ends in `/`, a repository's URL, or `URL#file`";

async function faultOf(
  file: NonNullable<From["file"]>,
  written: string,
  files: readonly string[],
): Promise<readonly [message: string, remedy: string] | undefined> {
  const isFolder = file.endsWith("/");
  const found = await kindOf(file.replace(/(.)\/$/, "$1"));
  if (found === "unknown") return undefined;
  if (found === "file")
    return isFolder ? [`${written} is a file, and not a folder`, "leave out the `/` at its end"] : undefined;
  if (found === "folder")
    return isFolder ? undefined : [`${written} is a folder`, "end it in `/`: that means all files below it"];
  if (files.some((each) => mayBe(posix.resolve(each), file))) return undefined;
  const meant = await neighbour(file, files);
  return [
    `there is no ${isFolder ? "folder" : "file"} ${written}${meant === undefined ? "" : ` (did you mean ${quote(meant)}?)`}`,
    forms,
  ];
}

async function kindOf(path: string): Promise<"file" | "folder" | "absent" | "unknown"> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch (thrown) {
    const code = codeOf(thrown);
    return code === "ENOENT" || code === "ENOTDIR" ? "absent" : "unknown";
  }
}

/** Whether that file, or a match of that pattern, may be what `from` names, once it is there. */
function mayBe(file: string, from: string): boolean {
  if (!isPattern(file)) return from.endsWith("/") ? file.startsWith(from) : file === from;
  const name = posix.basename(file);
  const [fixed = ""] = file.split(/[*?{}[\]!+@(]/);
  const isNamed = from.endsWith("/") || isPattern(name) || posix.basename(from) === name;
  return from.startsWith(posix.join(posix.dirname(`${fixed}x`), "/")) && isNamed;
}

async function neighbour(file: string, files: readonly string[]): Promise<string | undefined> {
  const folder = posix.dirname(file);
  const beside = await readdir(folder).catch((): string[] => []);
  const known = [...files.filter((each) => !isPattern(each)).map((each) => posix.resolve(each))];
  const end = file.endsWith("/") ? "/" : "";
  const names = beside.map((name) => posix.join(folder, name) + end);
  const meant = nearest(
    posix.basename(file),
    [...known, ...names].map((each) => posix.basename(each)),
  );
  return meant === undefined ? undefined : [...known, ...names].find((each) => posix.basename(each) === meant);
}
