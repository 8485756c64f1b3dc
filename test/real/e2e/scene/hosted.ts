import { chmod, chown, mkdir } from "node:fs/promises";
import { inject } from "vitest";
import type { ServiceStatus } from "../../../../src/plan/model/condition.js";
import type { PublishedImage } from "../../../sandbox/registry/image.js";
import { freePort } from "../../../sandbox/network/ports.js";
import { fairleadPublisher } from "../../image/fairlead.js";
import type { FairleadImageOptions } from "../../image/fairlead.js";
import type { Scene } from "./scene.js";

export interface HostedOptions {
  /** The other services of the file. */
  readonly services?: Readonly<Record<string, object>>;
  readonly beside?: object;
  /** Where it reaches the engine; default by the engine's own socket, as root. Elsewhere it is an ordinary user. */
  readonly engine?: string;
}

export interface Hosted {
  /** Of its hooks' listener. */
  readonly hooks: number;
  publish(options: FairleadImageOptions): Promise<PublishedImage>;
  write(services?: HostedOptions["services"]): Promise<void>;
  /** Has the one in charge look at a service, as soon as there is one; says what that has answered. */
  look(service: string): Promise<string>;
  /** What the one in charge says of its own service, once it is of this image, and no helper is left. */
  untilInCharge(digest: string): Promise<ServiceStatus>;
  /** A running container of the service, by the end of its name, ends as in a crash: the engine makes of it what it does. */
  crash(part: string): Promise<void>;
  untilThere(part: string): Promise<void>;
}

const ordinary = 1_000;

/** A controller in a container of its own services file, on the host's network: its ports are held by one at a time. */
export async function hostedIn(
  scene: Scene,
  { services = {}, beside = {}, engine }: HostedOptions = {},
): Promise<Hosted> {
  const publish = await fairleadPublisher(inject("registryUrl"), scene.image("fairlead"));
  const first = await publish({ version: "v1" });
  const [hooks, admin] = [await freePort(), await freePort()];
  const socket = scene.engineHost.slice("unix://".length);
  const state = `${scene.directory}/state`;
  await mkdir(state);
  await chown(state, ordinary, ordinary);
  await chmod(scene.directory, 0o755);
  const fairlead = {
    network_mode: "host",
    init: true,
    command: ["run", "--config", scene.settingsFile],
    environment: {
      FAIRLEAD_FILE: scene.servicesFile,
      FAIRLEAD_DATA: "/var/lib/fairlead",
      FAIRLEAD_HOOKS_LISTEN: `127.0.0.1:${hooks}`,
      FAIRLEAD_ADMIN_LISTEN: `127.0.0.1:${admin}`,
      FAIRLEAD_LEASE: scene.project,
      ...(engine === undefined ? {} : { DOCKER_HOST: engine }),
    },
    ...(engine === undefined ? {} : { user: `${ordinary}:${ordinary}` }),
    volumes: [
      `${scene.directory}:${scene.directory}:ro`,
      `${state}:/var/lib/fairlead`,
      ...(engine === undefined ? [`${socket}:/var/run/docker.sock`] : []),
    ],
  };
  const write = (others = services) => scene.write({ ...others, fairlead }, beside);
  await write();
  // One that runs elsewhere makes the first container, and gives way to it.
  await scene.start({ env: { FAIRLEAD_LEASE: scene.project } });
  await scene.untilServing(first.digest, "fairlead");
  for (const name of Object.keys(services)) await scene.untilStatus(({ sync }) => sync === "Synced", name);
  await scene.fairlead.stop();

  const base = `/${scene.project}-fairlead-1`;
  const named = async (part: string) => {
    const all = await scene.docker.listContainers({ all: true });
    return all.find(({ Names: [name = ""] }) => name === base + part || (part !== "" && name.startsWith(base + part)));
  };
  /** The scene clears all away before anybody could look. */
  const tell = async (error: unknown): Promise<never> => {
    const all = await scene.docker.listContainers({ all: true });
    for (const { Id, Names } of all.filter(({ Names: [name = ""] }) => name.includes(scene.project))) {
      const log = await scene.docker.getContainer(Id).logs({ stdout: true, stderr: true, tail: 40 });
      console.error(`${Names.join(" ")}:\n${log.toString("latin1").replace(/[^\x20-\x7e\n]/g, "")}`);
    }
    throw error;
  };
  const exec = async (...command: readonly string[]): Promise<string> => {
    const container = scene.docker.getContainer(base.slice(1));
    const made = await container.exec({
      Cmd: ["node", "/app/dist/main.js", ...command],
      AttachStdout: true,
      Tty: true,
    });
    const stream = await made.start({ Detach: false, Tty: true });
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  };
  return {
    hooks,
    publish,
    write,
    look: (service) =>
      scene.until("the controller", async () => (await exec("reconcile", service).catch(() => "")) || undefined),
    untilInCharge: (digest) =>
      scene
        .until("the controller", async () => {
          const active = await scene.active("fairlead");
          const helpers = await scene.docker.listContainers({ all: true, filters: { label: ["fairlead.helper"] } });
          const isHelped = helpers.some(({ Labels }) => Labels["fairlead.helper.project"] === scene.project);
          if (active?.digest !== digest || active.state !== "running" || isHelped) return undefined;
          const said = await exec("status", "--json").catch(() => "");
          const { services: all = [] } = said.startsWith("{")
            ? (JSON.parse(said) as { services?: ServiceStatus[] })
            : {};
          return all.find(({ service, sync }) => service === "fairlead" && (sync === "Synced" || sync === "Held"));
        })
        .catch(tell),
    crash: async (part) => {
      const { Id } = await scene.until(`a running container ${part}`, async () => {
        const found = await named(part);
        return found?.State === "running" ? found : undefined;
      });
      const { State } = await scene.docker.getContainer(Id).inspect();
      if (State.Pid > 0) process.kill(State.Pid, "SIGKILL");
    },
    untilThere: async (part) => {
      await scene.until(`a container ${part}`, async () => (await named(part)) !== undefined);
    },
  };
}
