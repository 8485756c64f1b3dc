import type Docker from "dockerode";
import type { EventLog } from "./events.js";
import { instantOf, now } from "./instant.js";

/** How a service is exchanged. A published port cannot be held by two at once: the old one stops first. */
export type Order = "stop-first" | "start-first";

/** When each thing had been done, in ms since the beginning. */
export interface FloorTimes {
  readonly pulled: number;
  readonly created: number;
  /** Of the old container; NaN where it goes on. */
  readonly stopped: number;
  readonly started: number;
  readonly healthy: number;
}

/** The least that an exchange takes: four calls of the Engine API in a row, and nobody who decides anything. */
export class Floor {
  #running: { readonly container: Docker.Container; readonly reference: string } | undefined;
  #count = 0;

  constructor(
    private readonly docker: Docker,
    private readonly events: EventLog,
    private readonly options: { readonly name: string; readonly network: string; readonly port: number | undefined },
  ) {}

  /** `reference` is `repository@sha256:…`. */
  async exchange(reference: string, order: Order): Promise<FloorTimes> {
    const { docker, events } = this;
    const old = this.#running;
    const began = now();
    const stream = await docker.pull(reference);
    await new Promise((resolve, reject) => stream.on("end", resolve).on("error", reject).resume());
    const pulled = now() - began;
    const container = await docker.createContainer(this.#body(reference));
    const created = now() - began;
    if (order === "stop-first") await old?.container.stop({ t: 10 });
    const stopped = order === "stop-first" ? now() - began : NaN;
    await container.start();
    const { State } = await container.inspect();
    const isHealthy = await events.find(began, ({ id, action }) => id === container.id && /: healthy$/.test(action));
    this.#running = { container, reference };
    await old?.container.remove({ force: true });
    if (old !== undefined) await docker.getImage(old.reference).remove();
    return { pulled, created, stopped, started: instantOf(State.StartedAt) - began, healthy: isHealthy.at - began };
  }

  #body(reference: string): Docker.ContainerCreateOptions {
    const { name, network, port } = this.options;
    this.#count += 1;
    const published = port === undefined ? {} : { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] };
    return {
      name: `${name}-${this.#count}`,
      Image: reference,
      ExposedPorts: port === undefined ? {} : { "8080/tcp": {} },
      HostConfig: { PortBindings: published, NetworkMode: network },
      NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [name] } } },
    };
  }
}
