import { forecast } from "../plan/forecast.js";
import type { HostSnapshot } from "../plan/observed.js";
import { shorten } from "../plan/render.js";
import { strategyOf } from "../plan/strategy.js";
import { specHash } from "../spec/hash.js";
import { formatImage } from "../spec/image.js";
import { serviceKey } from "../spec/service.js";
import type { ServiceKey, ServiceSpec } from "../spec/service.js";
import type { ServiceRecord } from "./record.js";
import type { ServicePlan } from "./surface.js";
import type { Targets } from "./targets.js";

/** What a controller would do now for every service, to the end of each rollout. Nothing is changed. */
export async function forecastAll(
  specs: readonly ServiceSpec[],
  host: HostSnapshot,
  targets: Targets,
  recordOf: (key: ServiceKey) => ServiceRecord,
): Promise<readonly ServicePlan[]> {
  return Promise.all(
    specs.map(async (spec): Promise<ServicePlan> => {
      const record = recordOf(serviceKey(spec.project, spec.name));
      const { target } = await targets.resolve(spec, host.images);
      const known = target.known ? record.sameContent.filter((pair) => pair.digest === target.digest) : [];
      const desired = {
        spec,
        specHash: specHash(spec),
        target: target.known
          ? { ...target, sameContent: [...target.sameContent, ...known.map((pair) => pair.as)] }
          : target,
      };
      const { lines, changes, end } = forecast(desired, host, { ...record.memory, heals: new Map() });
      const strategy = strategyOf(spec);
      const head = `${spec.project}/${spec.name} ${formatImage(spec.image)} (${strategy.order}: ${strategy.because})`;
      const body = lines.length === 0 ? [`nothing to do: ${shorten(end.because)}`] : lines;
      const text = [head, ...body.map((line) => `  ${line}`)].join("\n");
      return { project: spec.project, service: spec.name, changes, text };
    }),
  );
}
