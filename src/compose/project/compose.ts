/*
 * Services together live here: what one of them says alone is read in the folders beside.
 */

import { posix } from "node:path";
import { clusterNetwork, clustered } from "../cluster/clustered.js";
import { declaredNetworks, declaredVolumes } from "../declarations/declared.js";
import { usedNetworks, withMembers } from "../declarations/membership.js";
import {
  entries,
  isMapping,
  quoted,
  read,
  report,
  reportKey,
  suggestName,
  type Node,
  type Reading,
} from "../document/node.js";
import { located, type Located, type Way } from "../document/located.js";
import { isOwnSecret } from "../document/variables/own-secrets.js";
import { filledText } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { projectExtensionKeys } from "../keys/extension-keys.js";
import { topLevelKeys } from "../keys/keys.js";
import { openProject, type ProjectSource } from "../load/project.js";
import type { ProjectSpec, ServiceSpec } from "../model/service.js";
import { declaredConfigs, declaredSecrets } from "../mounts/contents.js";
import { preferences } from "../policy/preferences.js";
import { resolvedProject } from "../resolved/project.js";
import type { ResolvedProject } from "../resolved/writer.js";
import { isProjectName, longestProjectName, projectNameHint, projectNamePattern } from "../values/project-name.js";
import { formatProblem, type Problem, type Warning } from "../values/problem.js";
import { quote } from "../../tools/quote.js";
import { checkTogether } from "./conflicts.js";
import { definition, type Definition, type Scope } from "./definition.js";
import { withEnds } from "./ends.js";
import { withLinkAliases } from "./links.js";
import { isActive, profileHint, profileList, profilesOf } from "./profiles.js";

export type ReadResult =
  | {
      readonly ok: true;
      readonly project: ProjectSpec;
      /** Those that its services belong to, active or not. */
      readonly profiles: readonly string[];
      readonly warnings: readonly Warning[];
      /** All files as one. Only for those who ask. */
      readonly resolve: () => ResolvedProject;
      /** Where a value stands; of several ways to one the first that leads to something. */
      readonly locate: (ways: readonly Way[]) => Located;
    }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Warning[] };

/** A name server's limit for one label: the service's name is its network alias. */
const longestServiceName = 63;

/**
 * Reads a project: the whole of it, or all of its problems at once, in the order of its files. Never throws. It reads
 * no file itself: `readText` does, and so learns which files the project consists of.
 */
export function readProject(source: ProjectSource): ReadResult {
  const names = new Map<string, string>();
  const environment = new Map(Object.entries(source.environment));
  environment.delete(nameVariable);
  for (const name of environment.keys()) if (isOwnSecret(name)) environment.delete(name);
  const { root, reading, dotenv, lacks } = openProject(source, (name) => names.get(name) ?? environment.get(name));
  const profiles = source.profiles ?? profileList(reading.variables(profilesVariable) ?? "");
  const declared = new Set<string>();
  const project =
    root === undefined
      ? undefined
      : understood(root, {
          file: source.file,
          directory: source.directory,
          profiles,
          given: dotenv.get(nameVariable),
          onName: (name) => names.set(nameVariable, name),
          onProfile: (profile) => declared.add(profile),
          lacks,
        });
  if (project !== undefined && source.profiles === undefined && !environment.has(profilesVariable)) {
    warnOfProfiles(reading, source.directory, profiles, declared);
  }
  const problems = inOrder(reading.problems);
  // What is refused is not warned of besides.
  const refused = new Set(problems.map(placeOf));
  const warnings = inOrder(reading.warnings).filter((warning) => !refused.has(placeOf(warning)));
  return project === undefined || problems.length > 0
    ? { ok: false, problems, warnings }
    : { ok: true, ...project, profiles: [...declared], warnings };
}

const nameVariable = "COMPOSE_PROJECT_NAME";
const profilesVariable = "COMPOSE_PROFILES";

/** Of profiles that the project's own `.env` names, and no service has. */
function warnOfProfiles(
  { library, warnings }: Reading,
  directory: string,
  profiles: readonly string[],
  declared: ReadonlySet<string>,
): void {
  const file = library.nameOf(posix.join(directory, ".env"));
  for (const name of profiles.filter((each) => each !== "*" && !declared.has(each))) {
    const hint = suggestName(name, declared, "remove it");
    warnings.push({ file, path: profilesVariable, message: `no service has the profile ${quote(name)}`, hint });
  }
}

interface Surroundings {
  readonly file: string;
  readonly directory: string;
  readonly profiles: readonly string[];
  /** The name that the project's `.env` gives it. */
  readonly given: string | undefined;
  /** Is told the project's name before any service is read: the services may refer to it. */
  readonly onName: (name: string) => void;
  /** Is told every profile that a service belongs to. */
  readonly onProfile: (profile: string) => void;
  /** Undefined: all is there. Else each service is read by itself, for what else is wrong. */
  readonly lacks: ReadonlySet<string> | undefined;
}

type Understood = Pick<Extract<ReadResult, { readonly ok: true }>, "project" | "resolve" | "locate">;

function understood(
  root: Node,
  { file, directory, profiles, given, onName, onProfile, lacks }: Surroundings,
): Understood | undefined {
  const isEmpty = root.value === null;
  const field = isEmpty ? () => undefined : fields(root, topLevelKeys);
  const name = given !== undefined ? givenName(root, given) : declaredName(root, field("name"), directory);
  const project = name ?? "";
  onName(project);
  const extension = read(field("x-fairlead"), (at) => fields(at, projectExtensionKeys));
  const scope: Scope = {
    project,
    directory,
    networks: declaredNetworks(field("networks"), project),
    volumes: declaredVolumes(field("volumes"), project),
    defaults: extension === undefined ? {} : preferences(extension),
    configs: declaredConfigs(field("configs")),
    secrets: declaredSecrets(field("secrets")),
  };
  const services = field("services");
  if ((isEmpty || isMapping(root.value)) && isWithoutServices(services)) {
    report(services ?? root, "the file declares no services; nothing is removed", "write them under `services`");
    return undefined;
  }
  const declared = services === undefined ? [] : namedServices(services);
  declared.flatMap(([, at]) => profilesOf(at)).forEach(onProfile);
  const active = declared.filter(([, at]) => isActive(at, profiles));
  if (lacks === undefined && declared.length > 0 && active.length === 0) {
    report(services ?? root, "every service belongs to a profile that is not active; nothing is removed", profileHint);
  }
  const definitions = active.map(([service, at]) =>
    definition(service, lacks?.has(service) === true ? partial(at) : at, scope),
  );
  if (lacks !== undefined) return undefined;
  const inactive = declared.filter((service) => !active.includes(service)).map(([service]) => service);
  checkTogether(definitions, inactive);
  const specs = placed(withEnds(withLinkAliases(definitions)), definitions);
  const used = usedNetworks(scope.networks, specs, field("networks"));
  const networks = root.reading.engine === "swarm" ? used.map(clusterNetwork) : used;
  const { volumes } = scope;
  return {
    project: {
      name: project,
      file,
      services: withMembers(specs),
      networks,
      volumes: [...volumes.values()].filter((volume) => volume !== null),
    },
    resolve: () => resolvedProject({ project, root, services: active, networks, volumes }),
    locate: (ways) => located(root, ways),
  };
}

/** Where a Swarm runs them: each with the part that it gets. */
function placed(specs: readonly ServiceSpec[], definitions: readonly Definition[]): readonly ServiceSpec[] {
  const asked = new Map(definitions.map(({ spec, cluster }) => [spec.name, cluster]));
  return specs.map((spec) => {
    const cluster = asked.get(spec.name);
    return cluster === undefined ? spec : clustered(spec, cluster);
  });
}

/** The same node, of which something is not there. */
function partial(node: Node): Node {
  return { ...node, reading: { ...node.reading, isPartial: true } };
}

function isWithoutServices(services: Node | undefined): boolean {
  if (services === undefined || services.value === null) return true;
  return isMapping(services.value) && Object.keys(services.value).length === 0;
}

function namedServices(node: Node): readonly (readonly [name: string, service: Node])[] {
  return entries(node).filter(([name, at]) => {
    const isName = /^[a-zA-Z0-9._-]+$/.test(name);
    if (isName && name.length <= longestServiceName) return true;
    if (isName) reportKey(at, `the service's name is longer than ${longestServiceName} characters`, "shorten it");
    else reportKey(at, `${quote(name)} is not a service name`, "use letters, digits, `.`, `_` and `-`");
    return false;
  });
}

function declaredName(root: Node, node: Node | undefined, directory: string): string | null | undefined {
  return node === undefined ? directoryName(root, directory) : read(node, projectName);
}

function givenName(root: Node, name: string): string | null {
  if (isProjectName(name)) return name;
  const hint = `${projectNameHint}, and not more than ${longestProjectName} of them`;
  return report(root, `what ${nameVariable} in the project's \`.env\` says is not a project name`, hint);
}

function projectName(node: Node): string | null {
  const name = filledText(node);
  if (name !== null && name.length > longestProjectName) return tooLong(node);
  if (name === null || projectNamePattern.test(name)) return name;
  return report(node, `${quoted(node)} is not a project name`, projectNameHint);
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

function placeOf({ file, line, column, path }: Problem): string {
  return JSON.stringify([file, line, column, path]);
}

/** In the order of the files, as they were met, each once: aliases and merge keys lead to one place several times. */
function inOrder<P extends Problem>(problems: readonly P[]): readonly P[] {
  const seen = new Map(problems.map((problem) => [formatProblem({ ...problem, path: "" }), problem]));
  const files = [...new Set(problems.map(({ file }) => file))];
  return [...seen.values()].sort(
    (left, right) =>
      files.indexOf(left.file) - files.indexOf(right.file) ||
      (left.line ?? 0) - (right.line ?? 0) ||
      (left.column ?? 0) - (right.column ?? 0),
  );
}
