/*
 * From a service of a Compose file to what a Swarm is told of it lives here: pure, the same bytes from the same spec.
 */

import type { ClusterSpec } from "../../compose/model/cluster.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { formatImage } from "../../compose/values/image.js";
import type { CreateContainerStep } from "../../plan/model/step.js";
import { given } from "../../tools/present.js";
import { FairleadError } from "../../errors.js";
import type { Labels, ModeBody, ServiceBody, TaskBody } from "../model/body.js";
import type { NamedContent } from "../model/cluster.js";
import { containerBody } from "./container-body.js";
import { endpointBody } from "./endpoint-body.js";
import { contentsOf } from "./files.js";
import { namespaceLabel, serviceName } from "./names.js";
import { resourceBody } from "./resource-body.js";
import { restartBody, updateBody } from "./update-body.js";

/** What a generation of a service is made of. */
export interface Draft {
  readonly body: ServiceBody;
  readonly configs: readonly NamedContent[];
  readonly secrets: readonly NamedContent[];
}

/**
 * What a new generation is made of; its configs and secrets have to be there before it. No content of theirs is in its
 * body. `labels`: of the service; `generation`: of its containers. Throws FairleadError `Internal` for a spec that was not
 * read for a Swarm, and `SpecInvalid` for an image that no registry has.
 */
export function draftOf(
  step: CreateContainerStep,
  marks: { readonly labels: Labels; readonly generation: Labels },
): Draft {
  const { spec, job } = step;
  const { cluster } = spec;
  if (cluster === undefined) throw new FairleadError("Internal", `${spec.name} was not read for a Swarm`);
  if (!step.from.includes("@")) {
    throw new FairleadError("SpecInvalid", `the nodes cannot pull ${step.from}: no registry has it`, {
      remedy: "push the image to a registry that all nodes reach",
      retry: "never",
    });
  }
  const contents = contentsOf(spec.project, cluster.files);
  const namespace = { [namespaceLabel]: spec.project };
  const mode = job === undefined ? modeBody(cluster) : oneRun;
  const isJob = "ReplicatedJob" in mode || "GlobalJob" in mode;
  const own = job === undefined ? cluster.labels : {};
  const body: ServiceBody = {
    Name: serviceName(step),
    Labels: sorted({ ...own, ...namespace, "com.docker.stack.image": formatImage(spec.image), ...marks.labels }),
    TaskTemplate: {
      ContainerSpec: containerBody({
        spec: { ...spec, cluster },
        image: step.from,
        labels: sorted({ ...spec.container.labels, ...namespace, ...marks.generation }),
        references: contents.references,
      }),
      ...given({
        Resources: resourceBody(spec.container.resources, cluster.reserved),
        Placement: placementBody(spec, cluster, job === undefined),
        Networks: networks(spec, cluster, job === undefined),
        LogDriver: logDriver(spec),
      }),
      RestartPolicy: job === undefined ? restartBody(cluster.restart) : { Condition: "none" },
    },
    Mode: mode,
    // Of a job the engine refuses them, and nobody can reach one.
    ...(isJob
      ? {}
      : {
          UpdateConfig: updateBody(cluster.update),
          RollbackConfig: updateBody(cluster.rollback),
          ...given({ EndpointSpec: endpointBody(cluster) }),
        }),
  };
  return { body, configs: contents.configs, secrets: contents.secrets };
}

const oneRun: ModeBody = { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } };

function modeBody({ mode, replicas = 1 }: ClusterSpec): ModeBody {
  switch (mode) {
    case "replicated":
      return { Replicated: { Replicas: replicas } };
    case "global":
      return { Global: {} };
    case "replicated-job":
      return { ReplicatedJob: { MaxConcurrent: replicas, TotalCompletions: replicas } };
    case "global-job":
      return { GlobalJob: {} };
  }
}

function placementBody(
  { container: { platform } }: ServiceSpec,
  { mode, placement: { constraints, spread, maxReplicasPerNode } }: ClusterSpec,
  isService: boolean,
): TaskBody["Placement"] {
  const [OS = "linux", Architecture] = platform?.split("/") ?? [];
  const isCounted = isService && !mode.startsWith("global") && maxReplicasPerNode !== undefined;
  const placement = {
    ...(constraints.length === 0 ? {} : { Constraints: constraints }),
    ...(spread.length === 0
      ? {}
      : { Preferences: spread.map((SpreadDescriptor) => ({ Spread: { SpreadDescriptor } })) }),
    ...(isCounted ? { MaxReplicas: maxReplicasPerNode } : {}),
    ...(platform === undefined ? {} : { Platforms: [{ OS, ...given({ Architecture }) }] }),
  };
  return Object.keys(placement).length === 0 ? undefined : placement;
}

function named(Aliases: readonly string[] = []) {
  return Aliases.length === 0 ? {} : { Aliases };
}

function networks(
  { networks: joined }: ServiceSpec,
  { network, aliases }: ClusterSpec,
  answers: boolean,
): TaskBody["Networks"] {
  if (network !== undefined) return [{ Target: network }];
  if (joined.length === 0) return undefined;
  return joined.map(({ network: { name }, settings }) => ({
    Target: name,
    ...(answers ? named(aliases[name]) : {}),
    ...given({ DriverOpts: settings?.driverOpts }),
  }));
}

function logDriver({ container: { logging } }: ServiceSpec): TaskBody["LogDriver"] {
  if (logging?.driver === undefined) return undefined;
  return { Name: logging.driver, ...given({ Options: logging.options }) };
}

function sorted(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1)));
}
