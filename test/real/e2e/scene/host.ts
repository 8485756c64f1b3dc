import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";

/** A container of a project, as `docker ps -a` and `docker inspect` together show it. */
export interface SeenContainer {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  /** `running`, `exited`, … */
  readonly state: string;
  readonly digest: string;
  readonly restartPolicy: string;
  /** Epoch milliseconds, on the engine's clock; 0 = never. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

const labels = { project: "com.docker.compose.project", service: "com.docker.compose.service" } as const;

/** Every container that bears the project's label, ours or not, by name. */
export async function containersOf(docker: Docker, project: string): Promise<readonly SeenContainer[]> {
  const listed = await docker.listContainers({ all: true, filters: { label: [`${labels.project}=${project}`] } });
  const seen = await Promise.all(listed.map(({ Id }) => lookAt(docker, Id)));
  return seen.filter((one) => one !== undefined).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Undefined: it is gone, as a container that was just listed may be. */
export function inspect(docker: Docker, id: string): Promise<Docker.ContainerInspectInfo | undefined> {
  return docker
    .getContainer(id)
    .inspect()
    .catch((error: unknown) => {
      if ((error as { statusCode?: number }).statusCode === 404) return undefined;
      throw error;
    });
}

/** Undefined: it is gone. */
export async function lookAt(docker: Docker, id: string): Promise<SeenContainer | undefined> {
  const found = await inspect(docker, id).catch(() => undefined);
  if (found === undefined) return undefined;
  const own = found.Config.Labels;
  return {
    id: found.Id,
    name: found.Name.slice(1),
    service: own[labels.service] ?? "",
    state: found.State.Status,
    digest: own["fairlead.digest"] ?? "",
    restartPolicy: found.HostConfig.RestartPolicy?.Name ?? "",
    startedAt: Math.max(0, Date.parse(found.State.StartedAt)),
    finishedAt: Math.max(0, Date.parse(found.State.FinishedAt)),
  };
}

/** The tags that keep a project's images from being pruned. */
export async function keptTags(docker: Docker, project: string): Promise<readonly string[]> {
  const images = await docker.listImages({ all: true });
  const tags = images.flatMap(({ RepoTags }) => (RepoTags as string[] | null) ?? []);
  return tags.filter((tag) => tag.startsWith(`fairlead/keep:${project}.`)).sort();
}

/** Whether the engine has it, by `repository@sha256:…`; the containerd store counts that among the tags. */
export async function hasImage(docker: Docker, pinned: string): Promise<boolean> {
  const images = await docker.listImages({ all: true });
  return images.some(({ RepoTags, RepoDigests }) =>
    [RepoTags as string[] | null, RepoDigests as string[] | null].some((names) => names?.includes(pinned)),
  );
}

/** Somebody else's container: it sleeps, ends at once on TERM, and bears the labels of the given project's Compose files. */
export async function runForeign(
  docker: Docker,
  image: string,
  options: {
    readonly name: string;
    readonly project?: string;
    readonly service?: string;
    readonly port?: number;
    readonly restart?: string;
  },
): Promise<Docker.Container> {
  const { name, project, service = "foreign", port, restart = "" } = options;
  const published = { "9/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] };
  const container = await docker.createContainer({
    name,
    Image: image,
    Entrypoint: ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"],
    Healthcheck: { Test: ["NONE"] },
    Labels:
      project === undefined
        ? {}
        : { [labels.project]: project, [labels.service]: service, "com.docker.compose.container-number": "1" },
    ...(port === undefined ? {} : { ExposedPorts: { "9/tcp": {} } }),
    HostConfig: { RestartPolicy: { Name: restart }, ...(port === undefined ? {} : { PortBindings: published }) },
  });
  await container.start();
  return container;
}

/** Removes what a project left on the engine. */
export async function clearProject(docker: Docker, project: string): Promise<void> {
  const filters = { label: [`${labels.project}=${project}`] };
  const listed = await docker.listContainers({ all: true, filters });
  await Promise.all(listed.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map(({ Id }) => removeNetwork(docker, Id)));
  const { Volumes } = await docker.listVolumes({ filters });
  await Promise.all(((Volumes as typeof Volumes | null) ?? []).map(({ Name }) => docker.getVolume(Name).remove()));
}

/**
 * A busy engine takes a moment to see that the containers on it are gone; and after a kill that crossed a start it may
 * keep an endpoint whose container is gone for ever, which only a forced disconnect by its name removes. Sometimes it
 * counts one that it does not even name: then nothing helps, and the network ends with the engine.
 */
async function removeNetwork(docker: Docker, id: string, tries = 30): Promise<void> {
  const network = docker.getNetwork(id);
  try {
    await network.remove();
  } catch (error) {
    if (!/has active endpoints/.test(String(error))) throw error;
    const { Containers: ends } = (await network.inspect()) as { Containers?: Record<string, { Name: string }> | null };
    const names = Object.values(ends ?? {}).map(({ Name }) => Name);
    if (tries === 0 && names.length === 0) return;
    if (tries === 0) throw new Error(`network ${id} keeps the endpoints ${names.join(", ")}`, { cause: error });
    await Promise.allSettled(names.map((name) => network.disconnect({ Container: name, Force: true })));
    await sleep(500);
    await removeNetwork(docker, id, tries - 1);
  }
}
