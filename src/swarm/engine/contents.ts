import { FairleadError } from "../../errors.js";
import type { Draft } from "../draft/draft.js";
import type { ServiceBody } from "../model/body.js";
import type { Cluster, ClusterView, NamedContent, SwarmObject } from "../model/cluster.js";
import { namespaceLabel } from "./generation.js";
import type { Drafted } from "./appearance.js";

/** Of a config or a secret that generations name: its name tells its content. */
export const contentLabels = { "fairlead.swarm": "content" } as const;

/** What is there under the name has the same content: that is part of it. */
export async function writeContents(
  cluster: Cluster,
  { configs, secrets }: Pick<Draft, "configs" | "secrets">,
): Promise<void> {
  for (const config of configs) await once(config, (one) => cluster.createConfig(one));
  for (const secret of secrets) await once(secret, (one) => cluster.createSecret(one));
}

async function once(content: NamedContent, create: (content: NamedContent) => Promise<string>): Promise<void> {
  try {
    await create({ ...content, labels: { ...content.labels, ...contentLabels } });
  } catch (error) {
    if (!(error instanceof FairleadError) || error.code !== "NameTaken") throw error;
  }
}

/** Takes away what nobody names any more; what a service still names stays. */
export async function clearContents(
  cluster: Pick<Cluster, "removeConfig" | "removeSecret">,
  view: ClusterView,
  drafted: readonly Drafted[],
  project: string,
): Promise<void> {
  const unused = unusedContents(view, drafted, project);
  for (const one of unused.configs) await unlessUsed(() => cluster.removeConfig(one.id));
  for (const one of unused.secrets) await unlessUsed(() => cluster.removeSecret(one.id));
}

async function unlessUsed(remove: () => Promise<void>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!(error instanceof FairleadError) || error.code !== "EngineRefused") throw error;
  }
}

/** Those of a project that no generation and no service names any more. */
function unusedContents(
  { configs, secrets, services }: Pick<ClusterView, "configs" | "secrets" | "services">,
  drafted: readonly Drafted[],
  project: string,
): { readonly configs: readonly SwarmObject[]; readonly secrets: readonly SwarmObject[] } {
  const bodies = [
    ...drafted.map(({ draft }) => draft),
    ...services.flatMap(({ spec, previous }) => (previous === undefined ? [spec] : [spec, previous])),
  ];
  const named = new Set(bodies.flatMap(namesIn));
  const isUnused = ({ name, labels }: SwarmObject) =>
    labels["fairlead.swarm"] === "content" && labels[namespaceLabel] === project && !named.has(name);
  return { configs: configs.filter(isUnused), secrets: secrets.filter(isUnused) };
}

function namesIn({ TaskTemplate: { ContainerSpec } }: ServiceBody): readonly string[] {
  const { Configs = [], Secrets = [] } = ContainerSpec;
  return [...Configs.map(({ ConfigName }) => ConfigName), ...Secrets.map(({ SecretName }) => SecretName)];
}
