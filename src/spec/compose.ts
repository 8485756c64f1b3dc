import { posix } from "node:path";

import { checkTogether } from "./conflicts.js";
import { declaredNetworks, declaredVolumes } from "./declared.js";
import { definition, type Definition, type Scope } from "./definition.js";
import { fields } from "./fields.js";
import { projectExtensionKeys, topLevelKeys } from "./keys.js";
import { entries, isMapping, quoted, read, report, reportKey, type Node, type Reading } from "./node.js";
import { formatProblem, type Problem } from "./problem.js";
import { quote } from "./quote.js";
import { filledText } from "./scalar.js";
import type { ProjectSpec } from "./service.js";
import { parseYaml } from "./yaml.js";

export interface ProjectSource {
  /** The file as the user named it; it only appears in results. */
  readonly file: string;
  readonly text: string;
  /** Absolute: relative host paths begin here, and its last part names the project if the file does not. */
  readonly directory: string;
  /** What `${VAR}` refers to. Its values never appear in a problem or warning. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export type ReadResult =
  | { readonly ok: true; readonly project: ProjectSpec; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

const longestText = 1_048_576;
/** A name server's limit for one label: the service's name is its network alias. */
const longestServiceName = 63;
/** Leaves room for the service's name and a revision in an image tag, which has 128 characters. */
const longestProjectName = 55;

/** Reads a services file: the whole project, or all of its problems at once, in the order of the file. Never throws. */
export function readProject(source: ProjectSource): ReadResult {
  const { file, text } = source;
  if (text.length > longestText) {
    return { ok: false, problems: [{ file, path: "", message: "the file is larger than 1 MiB" }], warnings: [] };
  }
  const document = parseYaml(text);
  if (!document.ok) {
    const problem = { file, ...document.position, path: "", message: document.message };
    return { ok: false, problems: [problem], warnings: [] };
  }
  const filledIn = new Map<string, string>();
  const variables = (name: string) =>
    filledIn.get(name) ?? (Object.hasOwn(source.environment, name) ? source.environment[name] : undefined);
  const reading: Reading = { file, variables, problems: [], warnings: [] };
  const root: Node = { value: document.value, path: "", place: document.root, reading };
  const project = projectSpec(root, source, (name) => filledIn.set("COMPOSE_PROJECT_NAME", name));
  const warnings = inOrder(reading.warnings);
  const problems = inOrder(reading.problems);
  return problems.length > 0 ? { ok: false, problems, warnings } : { ok: true, project, warnings };
}

/** `onName` is told the project's name before any service is read: the services may refer to it. */
function projectSpec(root: Node, source: ProjectSource, onName: (name: string) => void): ProjectSpec {
  const { file, directory } = source;
  const isEmpty = root.value === null;
  const field = isEmpty ? () => undefined : fields(root, topLevelKeys);
  const name = field("name") === undefined ? directoryName(root, directory) : read(field("name"), projectName);
  const project = name ?? "";
  onName(project);
  read(field("x-fairlead"), (at) => fields(at, projectExtensionKeys));
  const scope: Scope = {
    project,
    directory,
    networks: declaredNetworks(field("networks"), project),
    volumes: declaredVolumes(field("volumes"), project),
  };
  const services = field("services");
  if ((isEmpty || isMapping(root.value)) && isWithoutServices(services)) {
    report(services ?? root, "the file declares no services; nothing is removed", "write them under `services`");
    return { name: project, file, services: [] };
  }
  const definitions = read(services, (at) => definitionsOf(at, scope)) ?? [];
  checkTogether(definitions);
  return { name: project, file, services: definitions.map(({ spec }) => spec) };
}

function isWithoutServices(services: Node | undefined): boolean {
  if (services === undefined || services.value === null) return true;
  return isMapping(services.value) && Object.keys(services.value).length === 0;
}

function definitionsOf(node: Node, scope: Scope): readonly Definition[] {
  return entries(node).flatMap(([name, at]) => {
    const isName = /^[a-zA-Z0-9._-]+$/.test(name);
    if (isName && name.length <= longestServiceName) return [definition(name, at, scope)];
    if (isName) reportKey(at, `the service's name is longer than ${longestServiceName} characters`, "shorten it");
    else reportKey(at, `${quote(name)} is not a service name`, "use letters, digits, `.`, `_` and `-`");
    return [];
  });
}

const namePattern = /^[a-z0-9][a-z0-9_-]*$/;
const nameHint = "use lower-case letters, digits, `_` and `-`, beginning with a letter or digit";

function projectName(node: Node): string | null {
  const name = filledText(node);
  if (name !== null && name.length > longestProjectName) return tooLong(node);
  if (name === null || namePattern.test(name)) return name;
  return report(node, `${quoted(node)} is not a project name`, nameHint);
}

function tooLong(node: Node): null {
  return report(node, `the project's name is longer than ${longestProjectName} characters`, "write a shorter `name:`");
}

/** The directory's own name, reduced to what a project's name may hold, as Compose does it. */
function directoryName(root: Node, directory: string): string | null {
  const name = posix
    .basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
  if (name === "") return report(root, "the project has no name, and its directory gives none", "write `name:`");
  return name.length > longestProjectName ? tooLong(root) : name;
}

/** In the order of the file, each once: aliases and merge keys lead to one place several times. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map(problems.map((problem) => [formatProblem({ ...problem, path: "" }), problem]));
  return [...seen.values()].sort(
    (left, right) => (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0),
  );
}
