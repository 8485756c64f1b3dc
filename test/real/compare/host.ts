import type Docker from "dockerode";
import type { ProjectSpec } from "../../../src/compose/model/service.js";

/** As the engine answers: which fields there are depends on its version. */
export type Inspected = Readonly<Record<string, unknown>>;

/** What exists of a project, by service and number, or by key in the file. */
export interface Found {
  readonly containers: ReadonlyMap<string, Inspected>;
  readonly networks: ReadonlyMap<string, Inspected>;
  readonly volumes: ReadonlyMap<string, Inspected>;
}

const label = "com.docker.compose";

export async function findProject(docker: Docker, project: string): Promise<Found> {
  const filters = { label: [`${label}.project=${project}`] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  const inspected = await Promise.all(
    containers.map(async ({ Id, Labels }): Promise<[string, Inspected]> => {
      const key = `${Labels[`${label}.service`]}-${Labels[`${label}.container-number`]}`;
      return [key, (await docker.getContainer(Id).inspect()) as unknown as Inspected];
    }),
  );
  return {
    containers: new Map(inspected),
    networks: new Map(networks.map((network) => [network.Labels![`${label}.network`]!, { ...network }])),
    volumes: new Map(volumes.Volumes.map((volume) => [volume.Labels[`${label}.volume`]!, { ...volume }])),
  };
}

export async function removeProject(docker: Docker, project: string): Promise<void> {
  const filters = { label: [`${label}.project=${project}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).remove()));
  const { Volumes } = await docker.listVolumes({ filters });
  await Promise.all(Volumes.map(({ Name }) => docker.getVolume(Name).remove()));
}

/** Makes what the file calls external, and the containers that it names; the answer removes them. */
export async function makeExternals(
  docker: Docker,
  image: string,
  { services }: ProjectSpec,
): Promise<() => Promise<void>> {
  const networks = services.flatMap((service) => service.networks.map(({ network }) => network));
  const names = (all: readonly { readonly name: string; readonly external: boolean }[]) => [
    ...new Set(all.filter(({ external }) => external).map(({ name }) => name)),
  ];
  const containers = services.flatMap(({ container: { namespaces, volumesFrom = [] } }) => [
    ...[namespaces?.pid, namespaces?.ipc].flatMap((mode) =>
      typeof mode === "string" ? (/^container:(.*)/.exec(mode)?.[1] ?? []) : [],
    ),
    ...volumesFrom.flatMap((from) => (typeof from === "string" ? [from.replace(/:ro$/, "")] : [])),
  ]);
  const made = await Promise.all([
    ...[...new Set(containers)].map((name) =>
      docker.createContainer({ name, Image: image, Volumes: { "/old": {} }, HostConfig: { IpcMode: "shareable" } }),
    ),
    ...names(networks).map((Name) => docker.createNetwork({ Name })),
    ...names(services.flatMap(({ volumes }) => volumes)).map(async (Name) => {
      await docker.createVolume({ Name });
      return docker.getVolume(Name);
    }),
  ]);
  return async () => {
    // Containers come with anonymous volumes; networks and volumes know no such option, and leave it alone.
    const options: object = { v: true };
    for (const thing of made) await thing.remove(options);
  };
}
