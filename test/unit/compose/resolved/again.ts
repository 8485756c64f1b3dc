import { posix } from "node:path";
import { specHash } from "../../../../src/compose/model/hash.js";
import type { SignatureRule } from "../../../../src/compose/model/policy/signature-rule.js";
import type { ProjectSpec } from "../../../../src/compose/model/service.js";
import { readProject } from "../../../../src/compose/project/compose.js";
import { asYaml } from "../../../../src/compose/resolved/forms.js";
import { formatProblem } from "../../../../src/compose/values/problem.js";
import type { ProjectSource } from "../../../../src/compose/load/project.js";

/** What a project's files say, and what its resolved form says that is read as a file of its own, in another folder. */
export function readTwice(source: ProjectSource): { readonly first: unknown; readonly again: unknown } | undefined {
  const read = readProject(source);
  if (!read.ok) return undefined;
  const text = asYaml(read.resolve());
  // Everything that refers to files of the project is absolute.
  const { readText = () => ({ missing: "ENOENT" }) } = source;
  const again = readProject({
    ...source,
    file: "/elsewhere/resolved.yaml",
    text,
    overrides: [],
    directory: "/elsewhere",
    // Secrets are still named by their variables.
    readText: (path) => readText(path === "/elsewhere/.env" ? posix.join(source.directory, ".env") : path),
  });
  if (!again.ok) throw new Error(`${again.problems.map(formatProblem).join("\n")}\n${text}`);
  const isUsed = ({ name }: { readonly name: string }) => used.has(name);
  const used = new Set(
    read.project.services.flatMap(({ networks, volumes }) => [
      ...networks.map(({ network }) => network.name),
      ...volumes.map(({ name }) => name),
    ]),
  );
  const { networks = [], volumes = [] } = read.project;
  const needed = { ...read.project, networks: networks.filter(isUsed), volumes: volumes.filter(isUsed) };
  return { first: meaningOf(needed), again: meaningOf(again.project) };
}

/** Whatever decides what runs, with defaults written out where the resolved form does that. */
function meaningOf({ name, services, networks, volumes }: ProjectSpec): unknown {
  return {
    name,
    services: services
      .map((spec) => ({
        ...spec,
        hash: specHash(spec),
        dependsOn: spec.dependsOn.map((each) => ({ ...each, required: each.required ?? true })).toSorted(byService),
        networks: spec.networks.map(({ network: { members, ...network }, ...rest }) => ({
          ...rest,
          network: { ...network, members: members?.toSorted() },
        })),
        verify: spec.verify && namelessKeys(spec.verify),
        build: spec.build && { dockerfile: "Dockerfile", ...spec.build },
      }))
      .toSorted(byName),
    networks: networks?.toSorted(byName),
    volumes: volumes?.toSorted(byName),
  };
}

/** A key is called by its file as that is written. */
function namelessKeys(rule: SignatureRule): unknown {
  return rule.kind === "keys" ? rule.keys.map(({ pem }) => pem) : rule;
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : 1;
}

function byService(left: { readonly service: string }, right: { readonly service: string }): number {
  return left.service < right.service ? -1 : 1;
}
