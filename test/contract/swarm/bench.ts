import type { ContainerBody, ServiceBody, UpdateBody } from "../../../src/swarm/model/body.js";
import type { ClusterView, SwarmService, SwarmTask } from "../../../src/swarm/model/cluster.js";
import { given } from "../../../src/tools/present.js";
import { patienceMs } from "../../sandbox/host/patience.js";
import type { StageImage, StageTask, SwarmStage } from "./stage.js";

const second = 1_000_000_000;

export interface Wish {
  readonly name: string;
  readonly image: StageImage;
  readonly generation?: string;
  readonly replicas?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly networks?: readonly string[];
  readonly container?: Partial<ContainerBody>;
  readonly update?: Partial<UpdateBody>;
  readonly mode?: ServiceBody["Mode"];
  readonly restart?: ServiceBody["TaskTemplate"]["RestartPolicy"];
}

export const project = "contract";

export function bodyOf(wish: Wish): ServiceBody {
  const { name, image, replicas = 1, labels = {}, networks, container = {}, update = {} } = wish;
  const mode = wish.mode ?? { Replicated: { Replicas: replicas } };
  const isJob = "ReplicatedJob" in mode || "GlobalJob" in mode;
  return {
    Name: name,
    Labels: { "fairlead.project": project, "fairlead.service": name, ...labels },
    TaskTemplate: {
      ContainerSpec: {
        Image: image.image,
        Labels: { generation: wish.generation ?? "1" },
        StopGracePeriod: 2 * second,
        ...given({ Args: image.args }),
        ...container,
      },
      RestartPolicy: wish.restart ?? { Condition: isJob ? "none" : "any", Delay: second },
      ...given({ Networks: networks?.map((Target) => ({ Target })) }),
    },
    Mode: mode,
    ...(isJob
      ? {}
      : {
          UpdateConfig: {
            Parallelism: 1,
            FailureAction: "pause",
            Monitor: 2 * second,
            MaxFailureRatio: 0,
            Order: "start-first",
            ...update,
          },
        }),
    EndpointSpec: { Mode: "dnsrr" },
  };
}

/** A stage with what most tests do on it. */
export class SwarmBench {
  readonly #made = new Map<string, Promise<StageImage>>();
  #count = 0;

  #opened: SwarmStage | undefined;

  open(stage: SwarmStage): void {
    this.#opened = stage;
  }

  get stage(): SwarmStage {
    if (this.#opened === undefined) throw new Error("the stage could not be made");
    return this.#opened;
  }

  /** One image of each kind, unless `another` is wanted. */
  image(task: StageTask, another = ""): Promise<StageImage> {
    const key = JSON.stringify(task) + another;
    const made = this.#made.get(key) ?? this.stage.publish(task);
    this.#made.set(key, made);
    return made;
  }

  /** A name that no other test has. */
  name(what: string): string {
    this.#count += 1;
    return `${what}-${this.#count}`;
  }

  look(): Promise<ClusterView> {
    return this.stage.cluster.look();
  }

  create(wish: Wish): Promise<string> {
    return this.stage.cluster.createService(bodyOf(wish));
  }

  /** Of the version that it has now. */
  async update(id: string, body: ServiceBody): Promise<void> {
    const { service } = await this.see(id);
    await this.stage.cluster.updateService(service, body);
  }

  /** A service that runs as it was asked to. */
  async settled(wish: Wish): Promise<string> {
    const id = await this.create(wish);
    await this.runs(id, wish.replicas ?? 1, wish.generation);
    return id;
  }

  /** So many tasks of the generation run, and none beside them is to. */
  runs(id: string, count: number, generation = "1"): Promise<Seen> {
    return this.until(id, ({ tasks }) => {
      const wanted = tasks.filter(({ desired }) => desired === "running" || desired === "ready");
      return wanted.length === count && wanted.every((task) => isUp(task) && task.labels["generation"] === generation);
    });
  }

  async see(id: string): Promise<Seen> {
    const { services, tasks } = await this.look();
    const service = services.find((one) => one.id === id);
    if (service === undefined) throw new Error(`service ${id} is not there`);
    return { service, tasks: tasks.filter((task) => task.service === id) };
  }

  async until(id: string, condition: (seen: Seen) => boolean): Promise<Seen> {
    const { wait } = this.stage;
    for (let waited = 0; ; waited += 200) {
      const seen = await this.see(id);
      if (condition(seen)) return seen;
      if (waited >= patienceMs) throw new Error(`waited in vain; last seen: ${JSON.stringify(seen, null, 1)}`);
      await wait(200);
    }
  }

  async eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    const { wait } = this.stage;
    for (let waited = 0; !(await condition()); waited += 200) {
      if (waited >= patienceMs) throw new Error(`waited in vain for ${what}`);
      await wait(200);
    }
  }

  async remove(...ids: readonly string[]): Promise<void> {
    const { cluster } = this.stage;
    for (const id of ids) await cluster.removeService(id);
  }
}

export interface Seen {
  readonly service: SwarmService;
  readonly tasks: readonly SwarmTask[];
}

export function isUp({ state, desired }: SwarmTask): boolean {
  return state === "running" && desired === "running";
}
