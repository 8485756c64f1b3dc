import type { ServiceKey } from "../../compose/model/service.js";
import type { ImageHint } from "../../compose/values/image.js";
import type { Catalog } from "../desired/catalog.js";
import type { Targets } from "../desired/targets.js";
import type { Log } from "../ports/log.js";
import type { TraceParent, Tracing } from "../ports/tracing.js";
import type { Bursts } from "../queue/bursts.js";
import type { Rollouts } from "../work/memory/rollouts.js";
import type { Triggers } from "./triggers.js";

export interface RequestsOptions {
  readonly catalog: Pick<Catalog, "specs">;
  readonly targets: Pick<Targets, "insist" | "told">;
  readonly rollouts: Pick<Rollouts, "asked">;
  readonly bursts: Pick<Bursts, "hit">;
  readonly triggers: Pick<Triggers, "asked">;
  readonly tracing: Pick<Tracing, "asked">;
  readonly log: Log;
}

/** Somebody wants services to be looked at. */
export class Requests {
  constructor(private readonly options: RequestsOptions) {}

  /** Any number of times: many at once are few looks. */
  reconcile(keys: readonly ServiceKey[], cause: string, pushed: readonly ImageHint[] = [], parent?: TraceParent): void {
    const { catalog, targets, rollouts, bursts, tracing, log } = this.options;
    for (const key of keys) {
      const spec = catalog.specs.get(key);
      if (spec !== undefined && pushed.length > 0) targets.told(spec, pushed);
      log.debug({ key, cause }, "asked to look again");
      rollouts.asked(key, cause);
      tracing.asked(key, cause, parent);
      bursts.hit(key);
    }
  }

  /** The registry is asked for its tag, whatever is known of that. */
  insist(key: ServiceKey): void {
    const { catalog, targets } = this.options;
    const spec = catalog.specs.get(key);
    if (spec !== undefined) targets.insist(spec);
  }

  /** At once: a person has said something. */
  lookAfresh(key: ServiceKey): void {
    this.options.triggers.asked(key);
  }
}
