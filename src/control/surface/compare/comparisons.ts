/*
 * In what the file, what runs and what ran before differ lives here. How a difference is shown, and what is done about it, does not.
 */

import { specHash } from "../../../compose/model/hash.js";
import type { ServiceKey, ServiceSpec } from "../../../compose/model/service.js";
import { formatImage } from "../../../compose/values/image.js";
import { isTarget } from "../../../plan/model/desired.js";
import type { Target } from "../../../plan/model/desired.js";
import type { HostSnapshot } from "../../../plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../plan/model/host/observed.js";
import { inEverySlot, viewOf } from "../../../plan/model/view.js";
import { given } from "../../../tools/present.js";
import type { Catalog } from "../../desired/catalog.js";
import type { Targets } from "../../desired/targets.js";
import { creation } from "../../observed/creation.js";
import type { Engine, Likeness } from "../../ports/engine.js";
import { untoldOf } from "./untold.js";

/** What a service runs, or is to run, as a service of a Compose file, as far as a container shows it. */
export interface Side {
  /** Absent: it is the file's. */
  readonly container?: string;
  readonly revision?: number;
  readonly service: Likeness;
}

export interface Comparison {
  /** What its services file wants. */
  readonly file: Side;
  /** Absent: nothing serves. */
  readonly running?: Side;
  /** Absent: no container of it is left. */
  readonly previous?: Side;
  /** What runs was made from the very spec of the file: also what no container shows is as the file has it. */
  readonly isSameSpec: boolean;
  /** What of the file no container shows, by its keys. */
  readonly untold: readonly string[];
}

export interface ComparisonsOptions {
  readonly catalog: Pick<Catalog, "specs">;
  readonly targets: Pick<Targets, "resolve">;
  readonly engine: Pick<Engine, "likeness">;
  readonly look: () => Promise<HostSnapshot>;
}

/** What differs between the file, what runs, and what ran before. Nothing is changed. */
export class Comparisons {
  constructor(private readonly options: ComparisonsOptions) {}

  /** Undefined: no file declares it. */
  async of(key: ServiceKey): Promise<Comparison | undefined> {
    const { catalog, targets, look } = this.options;
    const declared = catalog.specs.get(key);
    if (declared === undefined) return undefined;
    const host = await look();
    const { target, image } = await targets.resolve(declared, host);
    const spec = { ...declared, image };
    const hash = specHash(spec);
    const { containers } = viewOf(host, spec, new Map());
    const actives = inEverySlot(containers, "active");
    // As long as one replica is not updated, that.
    const active = actives.find((one) => one.specHash !== hash || !isTarget(target, one.digest)) ?? actives[0];
    const previous = [...inEverySlot(containers, "previous")].sort((one, other) => other.revision - one.revision)[0];
    const seen = active ?? previous ?? containers[0];
    const [both, before] = await Promise.all([
      seen === undefined ? undefined : this.#both(seen, spec, hash),
      previous === undefined ? undefined : this.options.engine.likeness(previous.id),
    ]);
    const isSameSpec = active?.specHash === hash;
    return {
      file: { service: { image: imageOf(spec, target, active), ...both?.wanted } },
      ...given({
        running: active === undefined || both === undefined ? undefined : sideOf(active, both.is),
        previous: previous === undefined || before === undefined ? undefined : sideOf(previous, before.is),
      }),
      isSameSpec,
      untold: isSameSpec ? [] : untoldOf(spec),
    };
  }

  #both(seen: ObservedContainer, spec: ServiceSpec, hash: string) {
    const image = { digest: seen.digest, from: seen.imageId };
    return this.options.engine.likeness(seen.id, creation(spec, hash, seen.slot, image));
  }
}

/** With the digest that it stands for; where what runs has the same content, with the one that that has. */
function imageOf({ image }: ServiceSpec, target: Target, active: ObservedContainer | undefined): string {
  const named = formatImage({ ...image, digest: undefined });
  if (!target.known) return `${named}@unknown`;
  return `${named}@${active !== undefined && isTarget(target, active.digest) ? active.digest : target.digest}`;
}

function sideOf({ name, revision, image, digest }: ObservedContainer, service: Likeness): Side {
  return { container: name, revision, service: { image: `${image.replace(/@.*$/, "")}@${digest}`, ...service } };
}
