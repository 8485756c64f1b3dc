import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { asJson } from "../../../src/compose/resolved/forms.js";
import { formatProblem } from "../../../src/compose/values/problem.js";
import { resolveFiles } from "../../../src/source/resolved.js";
import type { GeneratedProject } from "../../generated/project.js";
import type { Stack } from "../compare/stacks.js";
import { entryFor, entryForRefusal, unlike, type ReadingDifference } from "./differences.js";
import type { Oracle, Reading } from "./oracle.js";

/** What came of one project. */
export interface Comparison {
  /** `compared`: both read it. */
  readonly outcome: "compared" | "refused by both" | "refused by Fairlead" | "refused by Compose";
  /** The entries of the table that were met. */
  readonly met: readonly ReadingDifference[];
  /** What is in no table. */
  readonly unexplained: readonly string[];
}

/** Writes a generated project into a folder of its own, below one that an engine can see. */
export async function writeStack({ files, named, environment }: GeneratedProject, below = tmpdir()): Promise<Stack> {
  const root = await mkdtemp(`${below}/fairlead-generated-`);
  const directory = `${root}/generated`;
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(`${directory}/${file}`), { recursive: true });
    await writeFile(`${directory}/${file}`, text);
  }
  return {
    name: "generated",
    directory,
    files: named.map((file) => `${directory}/${file}`),
    environment: { HOME: `${root}/home`, PATH: process.env["PATH"] ?? "", ...environment },
    remove: () => rm(root, { recursive: true }),
  };
}

/** What Fairlead makes of it. */
export async function readAsFairlead({ files, environment }: Stack): Promise<Reading> {
  const { projects, problems } = await resolveFiles(files, { environment });
  const [project] = projects;
  return project === undefined
    ? { refusal: problems.map(formatProblem).join("\n") }
    : { json: JSON.parse(asJson(project)) };
}

export async function compareReadings(project: GeneratedProject, oracle: Oracle): Promise<Comparison> {
  const stack = await writeStack(project);
  try {
    return comparisonOf(await oracle.read(stack), await readAsFairlead(stack), oracle.name);
  } finally {
    await stack.remove();
  }
}

function comparisonOf(theirs: Reading, ours: Reading, oracle: Oracle["name"]): Comparison {
  if ("refusal" in theirs && "refusal" in ours) return { outcome: "refused by both", met: [], unexplained: [] };
  // Much of what is written today is younger than 1.29.
  if ("refusal" in theirs && oracle === "1.29") return { outcome: "refused by Compose", met: [], unexplained: [] };
  if ("refusal" in theirs) return refused("Compose", theirs.refusal);
  if ("refusal" in ours) return refused("Fairlead", ours.refusal);
  const met = new Set<ReadingDifference>();
  const unexplained: string[] = [];
  for (const each of unlike(theirs.json, ours.json)) {
    const entry = entryFor(each);
    if (entry !== undefined) met.add(entry);
    else unexplained.push(`${each.place}: theirs ${shown(each.theirs)}, ours ${shown(each.ours)}`);
  }
  return { outcome: "compared", met: [...met], unexplained };
}

function refused(by: "Fairlead" | "Compose", words: string): Comparison {
  const entry = entryForRefusal(by, words);
  return {
    outcome: `refused by ${by}`,
    met: entry === undefined ? [] : [entry],
    unexplained: entry === undefined ? [`${by} refuses it: ${words}`] : [],
  };
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
