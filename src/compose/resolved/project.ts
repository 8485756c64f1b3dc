import type { Declared } from "../declarations/declared.js";
import { isMapping, type Node } from "../document/node.js";
import type { NetworkSpec } from "../model/network.js";
import type { VolumeSpec } from "../model/mount.js";
import { config, secret, writtenContents, writtenNetworks, writtenVolumes } from "./declarations.js";
import { fairleadExtension } from "./extension.js";
import { writtenService } from "./service.js";
import { selectServices } from "./selection.js";
import { extensions, memberOf, sorted, writtenOf, type ResolvedProject, type Written } from "./writer.js";

export interface Resolvable {
  readonly project: string;
  /** The merged document. */
  readonly root: Node;
  /** Those that belong to the project while its profiles are active. */
  readonly services: readonly (readonly [name: string, service: Node])[];
  /** Its own, used or not. */
  readonly networks: readonly NetworkSpec[];
  readonly volumes: Declared<VolumeSpec>;
}

/** The files have no problem. Their secrets are named, as in the files, and not shown; what nobody uses is left out. */
export function resolvedProject({ project, root, services, networks, volumes }: Resolvable): ResolvedProject {
  const section = (key: string) => memberOf(root, key);
  const written = services.map(([name, node]) => [name, writtenService(node, { volumes })] as const);
  const extension = section("x-fairlead");
  const sections = {
    networks: writtenNetworks(networks, section("networks")),
    volumes: writtenVolumes(volumes, section("volumes")),
    secrets: writtenContents(project, section("secrets"), secret),
    configs: writtenContents(project, section("configs"), config),
  };
  const filled = Object.entries(sections).filter(([, each]) => Object.keys(each).length > 0);
  const all = {
    name: project,
    services: sorted(writtenOf(written)),
    ...Object.fromEntries(filled.map(([key, each]) => [key, sorted(each)])),
    ...writtenOf(extensions(root)),
    ...(extension === undefined ? {} : writtenOf([["x-fairlead", fairleadExtension(extension)]])),
  };
  const resolved = escaped(all) as unknown as ResolvedProject;
  return selectServices(resolved, Object.keys(resolved.services));
}

/** What was filled in is not to be filled in again. */
function escaped(value: Written): Written {
  if (typeof value === "string") return value.replaceAll("$", "$$$$");
  if (Array.isArray(value)) return value.map((item: Written) => escaped(item));
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, escaped(member)]));
}
