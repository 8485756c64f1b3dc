import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProjectSpec } from "../../../src/compose/model/service.js";
import type { Problem } from "../../../src/compose/values/problem.js";
import { fileSource } from "../../../src/source/file.js";
import { sandboxRoot } from "../../sandbox/host/janitor.js";

const corpus = fileURLToPath(new URL("../../corpus", import.meta.url));

/** The names of the corpus's folders: each is one project. */
export async function stackNames(): Promise<readonly string[]> {
  const entries = await readdir(corpus, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** A copy of one of them, for what is written beside a Compose file when it is used. */
export interface Stack {
  readonly name: string;
  readonly directory: string;
  /** Absolute; where there are several, each is merged over those before it. */
  readonly files: readonly string[];
  /** What every peer and Fairlead see as their environment. */
  readonly environment: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

export async function openStack(name: string, engineHost: string): Promise<Stack> {
  // A sandboxed engine may see nothing else of this machine than its own directory.
  const own = engineHost.startsWith(`unix://${sandboxRoot}/`) ? dirname(engineHost.slice("unix://".length)) : tmpdir();
  const root = await mkdtemp(`${own}/fairlead-compare-`);
  const directory = `${root}/${name}`;
  await mkdir(`${root}/home/.docker`, { recursive: true });
  await cp(`${corpus}/${name}`, directory, { recursive: true });
  const present = await readdir(directory);
  const files = ["compose.yaml", "compose.override.yaml"].filter((file) => present.includes(file));
  return {
    name,
    directory,
    files: files.map((file) => `${directory}/${file}`),
    environment: { HOME: `${root}/home`, PATH: process.env["PATH"] ?? "" },
    remove: () => rm(root, { recursive: true }),
  };
}

export type Loaded =
  { readonly ok: true; readonly project: ProjectSpec } | { readonly ok: false; readonly problems: readonly Problem[] };

/** As `fairlead run` reads it. */
export async function loadStack({ files, environment }: Stack): Promise<Loaded> {
  const source = fileSource({ files, environment });
  const { projects, problems } = await source.load();
  const [project] = projects;
  return problems.length > 0 || project === undefined ? { ok: false, problems } : { ok: true, project };
}
