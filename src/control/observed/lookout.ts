import type { ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import { Cached } from "../../tools/sharing/cached.js";
import type { Engine } from "../ports/engine.js";
import type { Timeline } from "../time/timeline.js";
import type { Adoption } from "./adoption.js";
import type { GateWatch } from "./gate-watch.js";
import type { MountWatch } from "./mount-watch.js";
import type { Probes } from "./probes.js";
import { withUnchanged } from "./unchanged.js";

export interface LookoutOptions {
  readonly engine: Pick<Engine, "doubt">;
  readonly timeline: Pick<Timeline, "learn" | "place">;
  readonly adoption: Adoption;
  readonly probes: Probes;
  readonly gateWatch: GateWatch;
  readonly mountWatch: MountWatch;
}

/** The host as all of control sees it: one container list for everybody, on one line of time. */
export class Lookout {
  readonly #host: Cached<HostSnapshot>;

  constructor(private readonly options: LookoutOptions) {
    const last: { host?: HostSnapshot } = {};
    this.#host = new Cached(async () => {
      last.host = await withUnchanged(last.host, await options.adoption.look());
      options.timeline.learn(last.host);
      return last.host;
    });
  }

  /** The next look asks the engine again. */
  invalidate(): void {
    this.#host.invalidate();
  }

  /** Nothing that is known of a service's containers counts. */
  doubt(key: ServiceKey): void {
    const [project = "", name = ""] = key.split("/");
    this.options.engine.doubt(project, name);
    this.invalidate();
  }

  /** On the one line of time that everything is judged by. */
  async get(): Promise<HostSnapshot> {
    return this.options.timeline.place(await this.#host.get());
  }

  /** With the word of the probes. */
  async look(): Promise<HostSnapshot> {
    return this.options.probes.overlay(await this.get());
  }

  /** With the word of the probes, and with what gates and mounted files are like: those of a service, or all. */
  async lookAt(key?: ServiceKey): Promise<HostSnapshot> {
    const { gateWatch, mountWatch } = this.options;
    return mountWatch.look(await gateWatch.look(await this.look(), key), key);
  }

  /** As if all that can be adopted were. */
  async suppose(): Promise<HostSnapshot> {
    const { adoption, probes } = this.options;
    return probes.overlay(await adoption.look(true));
  }

  /** A person has what others made taken over: answers the names of the containers. */
  async adopt(key: ServiceKey, spec: ServiceSpec | undefined): Promise<readonly string[]> {
    this.invalidate();
    return this.options.adoption.ask(key, spec, await this.get());
  }
}
