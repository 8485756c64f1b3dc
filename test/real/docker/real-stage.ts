import { environmentEntries } from "../../../src/docker/create/environment.js";
import { mkdtemp, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { extract } from "tar-stream";
import { parseImage, pinnedImage } from "../../../src/compose/values/image.js";
import { exposedPorts, portBindings } from "../../../src/docker/create/port-body.js";
import { connectEngine } from "../../../src/docker/engine.js";
import { project as contract } from "../../contract/engine/service.js";
import type { Stage, StageBehaviour, StageFile } from "../../contract/engine/stage.js";
import { assertKnown } from "../../proxy/strange.js";
import { startCountingProxy } from "../../sandbox/proxies/counting-proxy.js";
import { publishImage } from "../../sandbox/registry/image.js";
import type { ImageOptions } from "../../sandbox/registry/image.js";
import { busybox } from "../../sandbox/host/packages.js";
import { freePort } from "../../sandbox/network/ports.js";
import { occupyPort } from "../../sandbox/network/squatter.js";
import { packTar } from "../../sandbox/host/tar.js";

/** Where a stage stands. */
export interface Place {
  readonly engineHost: string;
  /** The registry, as this process reaches it. */
  readonly registryUrl: string;
  /** The same as the engine reaches it, where that differs. */
  readonly mirrorUrl?: string;
  /** The engine's network namespace, where it is not this process's. */
  readonly netns?: string;
}

/** The contract's stage on a real engine, through a proxy that counts. */
export async function realStage(place: Place, project = contract): Promise<Stage> {
  const { engineHost, registryUrl, mirrorUrl = registryUrl, netns } = place;
  const registry = new URL(mirrorUrl).host;
  const socketPath = engineHost.replace(/^unix:\/\//, "");
  const proxy = await startCountingProxy(socketPath);
  const docker = new Docker({ socketPath });
  const count = (pattern: RegExp) => proxy.requests.filter((line) => pattern.test(line)).length;
  const engine = connectEngine({ host: proxy.host, credentials: () => Promise.resolve(undefined) });
  return {
    engine,
    marks: engine.marks,
    publish: async (behaviour) => {
      const { digest } = await publishImage(registryUrl, "contract/app", "latest", imageOptions(behaviour));
      return { image: parseImage(`${registry}/contract/app:latest`), digest };
    },
    context: async (files, dockerfile = "Dockerfile") => {
      const program = await readFile(busybox);
      const entries = Object.entries(files).map(([path, content]) =>
        content === true ? { path, content: program, executable: true } : { path, content },
      );
      const archive = Readable.from([packTar(entries)]);
      return { archive, dockerfile, registries: [], close: () => Promise.resolve() };
    },
    createForeign: async (name, { image, digest }, network) => {
      const HostConfig = network === undefined ? {} : { NetworkMode: network };
      const container = await docker.createContainer({ name, Image: pinnedImage(image, digest), HostConfig });
      return async () => {
        await container.remove({ force: true });
      };
    },
    compose: async (name, { project, name: service, container, networks }, { image, digest }) => {
      const { name: Name, maximumRetryCount: MaximumRetryCount } = container.restart;
      const [first] = networks;
      const made = await docker.createContainer({
        name,
        Image: pinnedImage(image, digest),
        Env: [...environmentEntries(container.environment)],
        Labels: {
          ...container.labels,
          "com.docker.compose.project": project,
          "com.docker.compose.service": service,
          "com.docker.compose.container-number": "1",
          "com.docker.compose.oneoff": "False",
        },
        StopTimeout: container.stopGracePeriodMs / 1000,
        ExposedPorts: exposedPorts(container) as Docker.ContainerCreateOptions["ExposedPorts"],
        HostConfig: {
          RestartPolicy: { Name, MaximumRetryCount },
          PortBindings: portBindings(container.ports) as Docker.PortMap,
          NetworkMode: first?.network.name ?? (container.ports.length > 0 ? "bridge" : "none"),
        },
      });
      return made.id;
    },
    fileIn: async (container, path) => readArchive(await docker.getContainer(container).getArchive({ path })),
    writeIn: async (container, path, content) => {
      const archive = packTar([{ path: path.slice(1), content }]);
      await docker.getContainer(container).putArchive(archive, { path: "/" });
    },
    hostFile: async (content) => {
      const folder = await mkdtemp(join(tmpdir(), "fairlead-mounted-"));
      const path = join(folder, "file");
      await writeFile(path, content);
      const replace = async (next: string) => {
        await writeFile(`${path}.new`, next);
        await rename(`${path}.new`, path);
      };
      return { path, replace };
    },
    occupyPort: (port) => occupyPort(port, netns),
    freePort,
    kill: async (container) => {
      // Not through the engine: it would take that for a wish, and no restart policy would answer.
      const { State } = await docker.getContainer(container).inspect();
      // 0 would be every process of this group.
      if (State.Pid > 0) process.kill(State.Pid, "SIGKILL");
    },
    stopByHand: async (container) => {
      await docker.getContainer(container).stop({ t: 2 });
    },
    interrupt: (ms) => proxy.interrupt(ms),
    silence: () => {
      proxy.silence();
      return Promise.resolve();
    },
    wait: (ms) => sleep(ms),
    counts: () => ({
      lists: count(/^GET \/containers\/json/),
      inspections: count(/^GET \/containers\/[0-9a-f]{64}\/json/),
      otherLists: count(/^GET \/(networks|volumes|images\/json)\b/),
    }),
    close: async () => {
      const ours = { label: [`com.docker.compose.project=${project}`] };
      const containers = await docker.listContainers({ all: true, filters: ours });
      await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
      for (const { Id } of await docker.listNetworks({ filters: ours })) await docker.getNetwork(Id).remove();
      for (const { Name } of (await docker.listVolumes({ filters: ours })).Volumes)
        await docker.getVolume(Name).remove();
      await proxy.close();
      assertKnown(proxy.made);
    },
  };
}

/** The first entry. */
async function readArchive(archive: NodeJS.ReadableStream): Promise<StageFile> {
  for await (const entry of archive.pipe(extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    const { mode, uid, gid } = entry.header;
    return { content: Buffer.concat(chunks).toString("utf8"), mode: mode & 0o7777, uid, gid };
  }
  throw new Error("the archive is empty");
}

function imageOptions(behaviour: StageBehaviour): ImageOptions {
  const healthcheck = "check" in behaviour && !behaviour.check ? { healthcheck: "none" as const } : {};
  switch (behaviour.kind) {
    case "good":
      return { ...healthcheck, ...(behaviour.volumes === undefined ? {} : { volumes: behaviour.volumes }) };
    case "reads":
      return { reads: behaviour.file };
    case "exits":
      return { behaviour: "exit-at-once", ...healthcheck };
    case "never-healthy":
      return { behaviour: "never-healthy" };
    case "commandless":
      return { entrypoint: "none", healthcheck: "none" };
    case "unknown-user":
      return { user: "nobody-here", healthcheck: "none" };
    case "dies":
      return { behaviour: { diesAfterMs: behaviour.afterMs } };
  }
}
