import { specHash } from "../../../src/compose/model/hash.js";
import type { ServiceSpec } from "../../../src/compose/model/service.js";
import { familiarName, formatImage, pinnedImage, type ImageId } from "../../../src/compose/values/image.js";
import type { ObservedImage } from "../../../src/plan/model/host/host-snapshot.js";
import { activeName, keepTag } from "../../../src/plan/model/host/names.js";
import type { ObservedContainer } from "../../../src/plan/model/host/observed.js";
import { SimulatedEngine } from "../../simulator/engine.js";
import { hostNetwork } from "../../simulator/world.js";
import { stubDigest } from "../registry-stub.js";

/** That nobody pays for the making of its own. */
export const sharedNetwork = "bench-resync";

/** A host on which every service has run for a minute, as an earlier controller has left it. */
export function settledHost(specs: readonly ServiceSpec[]): SimulatedEngine {
  const engine = new SimulatedEngine();
  const now = engine.clock.now();
  const containers = specs.map((spec, at): ObservedContainer => ({
    id: at.toString(16).padStart(64, "0"),
    name: activeName(spec),
    project: spec.project,
    service: spec.name,
    role: "active",
    slot: 1,
    specHash: specHash(spec),
    digest: digestOf(spec),
    image: formatImage(spec.image),
    revision: 1,
    imageId: idOf(spec),
    state: "running",
    health: "none",
    healthySince: undefined,
    healthcheck: undefined,
    createdAt: now - 61_000,
    startedAt: now - 60_000,
    finishedAt: undefined,
    exitCode: undefined,
    oomKilled: false,
    startError: "",
    restartCount: 0,
    restartPolicy: spec.container.restart,
    declaredRestart: spec.container.restart,
    networks: spec.networks.map(({ network, aliases }) => ({ network: network.name, aliases })),
  }));
  const images = new Map<string, ObservedImage>();
  for (const [at, spec] of specs.entries()) {
    const known = images.get(idOf(spec));
    images.set(idOf(spec), {
      id: idOf(spec),
      digests: [pinnedImage(spec.image, digestOf(spec))],
      tags: [...(known?.tags ?? []), keepTag(spec, 1)],
      usedBy: [...(known?.usedBy ?? []), at.toString(16).padStart(64, "0")],
    });
  }
  const { host } = engine.world;
  const networks = new Map([[sharedNetwork, hostNetwork(sharedNetwork)]]);
  engine.world.host = { ...host, networks, containers, images: [...images.values()] };
  return engine;
}

function digestOf({ image }: ServiceSpec) {
  return stubDigest(familiarName(image));
}

function idOf(spec: ServiceSpec): ImageId {
  return digestOf(spec) as string as ImageId;
}
