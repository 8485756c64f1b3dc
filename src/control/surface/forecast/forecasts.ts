/*
 * What would be done for every service, to the end of each rollout, lives here. The planner says what; nothing is done or written
 * down here.
 */

import type { ServiceKey } from "../../../compose/model/service.js";
import { orphansOf } from "../../../plan/host/orphans.js";
import type { Orphan } from "../../../plan/host/orphans.js";
import type { Catalog } from "../../desired/catalog.js";
import type { Signatures } from "../../signatures/signatures.js";
import type { Targets } from "../../desired/targets.js";
import type { ServiceRecord } from "../../journal/record.js";
import type { Lookout } from "../../observed/lookout.js";
import { forecastAll } from "./preview.js";
import type { ServicePlan } from "./service-plan.js";

export interface ForecastsOptions {
  readonly catalog: Pick<Catalog, "snapshot">;
  readonly lookout: Pick<Lookout, "get" | "lookAt" | "suppose">;
  readonly targets: Targets;
  readonly signatures: Signatures;
  readonly record: (key: ServiceKey) => ServiceRecord;
  readonly prune: boolean;
}

/** What this controller would do, and what it leaves over. Nothing is changed. */
export class Forecasts {
  constructor(private readonly options: ForecastsOptions) {}

  /**
   * `supposePrune`: as if it pruned, whether it does or not. `supposed`: what the journal would say of these services, in
   * place of what it says.
   */
  async plan(
    supposePrune: boolean,
    supposed: ReadonlyMap<ServiceKey, ServiceRecord> = new Map(),
  ): Promise<readonly ServicePlan[]> {
    const { catalog, lookout, targets, signatures, record, prune } = this.options;
    return forecastAll({
      projects: catalog.snapshot.projects,
      prune: prune || supposePrune,
      host: await lookout.lookAt(),
      supposed: () => lookout.suppose(),
      targets,
      signatures,
      record: (key) => supposed.get(key) ?? record(key),
    });
  }

  async orphans(): Promise<readonly Orphan[]> {
    const { catalog, lookout } = this.options;
    return orphansOf(catalog.snapshot.projects, await lookout.get());
  }
}
