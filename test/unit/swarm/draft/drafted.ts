import type { Asked } from "../../../../src/compose/cluster/asked.js";
import { clustered } from "../../../../src/compose/cluster/clustered.js";
import { specHash } from "../../../../src/compose/model/hash.js";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { pinnedImage } from "../../../../src/compose/values/image.js";
import type { StepOf } from "../../../../src/plan/model/step.js";
import { draftOf, type Draft } from "../../../../src/swarm/draft/draft.js";
import { digestOf } from "../../../digests.js";

const marks = { labels: { "fairlead.service": "web" }, generation: { "fairlead.revision": "7" } };

export function stepOf(spec: ServiceSpec): StepOf<"create-container"> {
  return {
    kind: "create-container",
    name: `${spec.project}-${spec.name}-1.next`,
    spec,
    specHash: specHash(spec),
    digest: digestOf("a"),
    from: pinnedImage(spec.image, digestOf("a")),
    revision: 7,
    slot: 1,
    attach: undefined,
    because: "a test",
  };
}

/** Of a spec as a host would have it. */
export function drafted(spec: ServiceSpec, asked?: Asked): Draft {
  return draftOf(stepOf(clustered(spec, asked)), marks);
}
