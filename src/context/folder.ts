import { join, posix, relative } from "node:path";
import ignore from "@balena/dockerignore";
import type { BuildSpec } from "../compose/model/container/build-spec.js";
import { readPlain } from "../tools/files/plain-file.js";
import { isMissing } from "./fault.js";
import { listTree } from "./tree.js";
import type { Entry, Ignores } from "./tree.js";

/** What a build would send of a folder. */
export interface Folder {
  readonly root: string;
  readonly entries: readonly Entry[];
  readonly dockerfile: Dockerfile;
}

export interface Dockerfile {
  /** Where the builder finds it in the context. */
  readonly path: string;
  readonly text: string;
  /** It is not among the entries: it stands outside, is ignored, or is written in the services file. */
  readonly added: boolean;
}

/** The name of a Dockerfile that is not part of the context itself. */
const addedName = ".dockerfile.fairlead";

export async function readFolder(root: string, build: BuildSpec): Promise<Folder> {
  const written = build.dockerfile ?? "Dockerfile";
  const file = posix.resolve(root, written);
  const text = build.inline ?? (await readPlain(file)).toString("utf8");
  const rules = await ignoreRules(root, build.inline === undefined ? file : undefined);
  const entries = await listTree(root, ...rules);
  const path = relative(root, file);
  const added = build.inline !== undefined || !entries.some((entry) => entry.path === path);
  return { root, entries, dockerfile: { path: added ? addedName : path, text, added } };
}

/** `<Dockerfile>.dockerignore` takes the place of the context's own. The second: whether a rule takes something back. */
async function ignoreRules(root: string, dockerfile: string | undefined): Promise<[Ignores, boolean]> {
  const own = dockerfile === undefined ? undefined : await readOptional(`${dockerfile}.dockerignore`);
  const text = own ?? (await readOptional(join(root, ".dockerignore"))) ?? "";
  const rules = ignore.default().add(text);
  return [(path) => rules.ignores(path), /^\s*!/m.test(text)];
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return (await readPlain(file)).toString("utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
