import { isDeepStrictEqual } from "node:util";
import type { ContainerSpec } from "../../../src/compose/model/service.js";
import { pinnedImage } from "../../../src/compose/values/image.js";
import type { Claim, Engine } from "../../../src/control/ports/engine.js";
import type { ObservedContainer } from "../../../src/plan/model/host/observed.js";
import { creation, networkSpec, project, serviceSpec } from "./service.js";
import type { Stage, StageBehaviour, StageImage } from "./stage.js";

/** A stage with what most tests do on it. */
export class Bench {
  readonly never = new AbortController().signal;
  #set: { readonly stage: Stage; readonly good: StageImage; readonly plain: StageImage } | undefined;

  async open(stage: Stage): Promise<void> {
    const local = (behaviour: StageBehaviour) => pullNew(stage, behaviour);
    this.#set = { stage, good: await local({ kind: "good" }), plain: await local({ kind: "good", check: false }) };
  }

  get stage(): Stage {
    return this.#opened.stage;
  }

  get engine(): Engine {
    return this.#opened.stage.engine;
  }

  /** Local, runs for ever, healthy after a second. */
  get good(): StageImage {
    return this.#opened.good;
  }

  /** Local, runs for ever, has no check. */
  get plain(): StageImage {
    return this.#opened.plain;
  }

  get #opened() {
    if (this.#set === undefined) throw new Error("the stage could not be made");
    return this.#set;
  }

  /** A new image that the host has. */
  local(behaviour: StageBehaviour): Promise<StageImage> {
    return pullNew(this.stage, behaviour);
  }

  create(service: string, image: StageImage, container: Partial<ContainerSpec> = {}): Promise<string> {
    return this.engine.createContainer(creation(serviceSpec(service, image, container), image));
  }

  async network(name: string): Promise<string> {
    await this.engine.createNetwork({ kind: "create-network", network: networkSpec(name), project, because: "a test" });
    return name;
  }

  async see(id: string): Promise<ObservedContainer> {
    const found = (await this.engine.snapshot()).containers.find((container) => container.id === id);
    if (found === undefined) throw new Error(`container ${id} is not in the snapshot`);
    return found;
  }

  async until(
    id: string,
    condition: (container: ObservedContainer) => boolean,
    limitMs = 30_000,
  ): Promise<ObservedContainer> {
    for (let waited = 0; ; waited += 100) {
      const container = await this.see(id);
      if (condition(container)) return container;
      if (waited >= limitMs) throw new Error(`waited in vain; last seen: ${JSON.stringify(container)}`);
      await this.stage.wait(100);
    }
  }

  /** Until a look costs nothing beyond its list of containers: all that has happened is known. */
  async calm(claim?: Claim, limitMs = 20_000): Promise<void> {
    for (let waited = 0; ; waited += 100) {
      const before = this.stage.counts();
      await this.engine.snapshot(claim);
      const after = this.stage.counts();
      if (isDeepStrictEqual(after, { ...before, lists: before.lists + 1 })) return;
      if (waited >= limitMs) throw new Error("each look costs more than its list");
      await this.stage.wait(100);
    }
  }

  async discard(id: string): Promise<void> {
    await this.engine.stopContainer(id, 0);
    await this.engine.removeContainer(id);
  }
}

async function pullNew(stage: Stage, behaviour: StageBehaviour): Promise<StageImage> {
  const image = await stage.publish(behaviour);
  await stage.engine.pull(pinnedImage(image.image, image.digest), new AbortController().signal);
  return image;
}
