import { serviceKey } from "../../compose/model/service.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { asFairleadError } from "../../errors.js";
import { orphansOf } from "../../plan/host/orphans.js";
import type { Orphan } from "../../plan/host/orphans.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import { discardHelper } from "../../plan/self/helper.js";
import type { HelperEnd } from "../../plan/self/helper.js";
import { keptVolumes } from "../../plan/status/notice.js";
import { renderStep } from "../../plan/steps/render.js";
import type { Cached } from "../../tools/sharing/cached.js";
import { Mutex } from "../../tools/sharing/mutex.js";
import type { Clock } from "../ports/clock.js";
import type { Engine } from "../ports/engine.js";
import type { Log } from "../ports/log.js";
import type { SourceSnapshot } from "../ports/source.js";
import type { Telemetry } from "../ports/telemetry.js";

export interface LeftoversOptions {
  readonly engine: Engine;
  readonly host: Pick<Cached<HostSnapshot>, "get" | "invalidate">;
  readonly source: () => SourceSnapshot;
  /** What the source keeps for containers may go, but for these paths. */
  readonly tidy: (mounted: ReadonlySet<string>) => Promise<void>;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly log: Log;
  readonly prune: boolean;
}

/**
 * What no service answers for: networks and volumes that no file declares any more, volumes that are not as declared,
 * helpers of services that are gone.
 */
export class Leftovers {
  /** What has been said already, and is still so. */
  #said: ReadonlySet<string> = new Set();
  readonly #looks = new Mutex();

  constructor(private readonly options: LeftoversOptions) {}

  /** Says what is new; removes the networks that nobody uses, if asked to prune. Never throws. */
  look(): Promise<void> {
    return this.#looks.run(() => this.#look());
  }

  async #look(): Promise<void> {
    const { host, source, log } = this.options;
    try {
      const { projects, problems } = source();
      const snapshot = await host.get();
      const orphans = orphansOf(projects, snapshot);
      const services = projects.flatMap((project) => project.services);
      this.#say([...orphans.map(({ text }) => text), ...services.flatMap((spec) => keptVolumes(spec, snapshot))]);
      // A broken file may be about to declare it again.
      if (problems.length === 0) await this.#prune(orphans);
      await this.#dismiss(snapshot, services);
      await this.options.tidy(mountedIn(snapshot));
    } catch (thrown) {
      log.warn({ error: asFairleadError(thrown).message }, "what is left over could not be looked at");
    }
  }

  #say(texts: readonly string[]): void {
    const now = new Set(texts);
    for (const text of now) if (!this.#said.has(text)) this.options.log.warn({}, text);
    this.#said = now;
  }

  /** A helper leaves its own end to the controller that comes after it. */
  async #dismiss({ helpers = [], own }: HostSnapshot, services: readonly ServiceSpec[]): Promise<void> {
    const { engine, log } = this.options;
    if (helpers.some(({ id }) => id === own)) return;
    const keys = new Set(services.map(({ project, name }) => serviceKey(project, name)));
    for (const helper of helpers.filter(({ project, service }) => !keys.has(serviceKey(project, service)))) {
      const steps = discardHelper(helper, "its service is in no services file any more");
      for (const step of steps) {
        log.info({ step: step.kind }, renderStep(step));
        await this.#carryOut(step, helper.id, engine);
      }
    }
  }

  async #carryOut(step: HelperEnd, id: string, engine: Engine): Promise<void> {
    const { host, telemetry, clock } = this.options;
    const began = clock.monotonic();
    try {
      if (step.kind === "set-restart-policy") await engine.setRestartPolicy(id, step.policy);
      else if (step.kind === "stop-container") await engine.stopContainer(id, step.graceMs);
      else await engine.removeContainer(id);
    } finally {
      host.invalidate();
      telemetry.stepDone(step.kind, (clock.monotonic() - began) / 1_000);
    }
  }

  async #prune(orphans: readonly Orphan[]): Promise<void> {
    const { engine, host, telemetry, clock, log, prune } = this.options;
    for (const { kind, id, name, usedBy } of prune ? orphans : []) {
      if (kind !== "network" || id === undefined || usedBy.length > 0) continue;
      const began = clock.monotonic();
      log.info({ step: "remove-network" }, `remove network ${name} (no services file declares it, and nobody uses it)`);
      try {
        await engine.removeNetwork(id);
      } finally {
        host.invalidate();
        telemetry.stepDone("remove-network", (clock.monotonic() - began) / 1_000);
      }
    }
  }
}

function mountedIn({ containers }: HostSnapshot): ReadonlySet<string> {
  return new Set(containers.flatMap(({ mounts = [] }) => mounts.map(({ source }) => source)));
}
