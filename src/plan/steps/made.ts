import { networkHash, textHash } from "../../compose/model/hash.js";
import type { ObservedHelper, ObservedNetwork, ObservedVolume } from "../model/host/host-snapshot.js";
import type { ObservedMount } from "../model/host/observed.js";
import type { CreateContainerStep, StepOf } from "../model/step.js";

/** What the engine would show of a network just made. */
export function networkMade(
  { network, project }: StepOf<"create-network">,
  id: string,
): readonly [name: string, ObservedNetwork] {
  const { name, driver = "bridge", driverOpts: options, internal, attachable = false } = network;
  const { enableIpv4: ipv4 = true, enableIpv6: ipv6 = false, ipam = { config: [] }, labels } = network;
  const hash = networkHash(network);
  return [name, { id, driver, options, internal, attachable, ipv4, ipv6, ipam, labels, project, hash, foreign: [] }];
}

export function volumeMade({ volume, project }: StepOf<"create-volume">): readonly [name: string, ObservedVolume] {
  const { name, driver = "local", driverOpts: options, labels } = volume;
  return [name, { driver, options, labels, project }];
}

/** What is mounted in a container just made. What its image asks for beyond that, only the engine knows. */
export function mountsMade({ spec, inherited = [] }: CreateContainerStep, id: string): readonly ObservedMount[] {
  const declared = spec.container.mounts.map(({ type, source, target, readOnly }): ObservedMount => {
    if (type !== "volume" || source !== undefined) return { type, source: source ?? "", target, readOnly };
    const name = inherited.find((volume) => volume.target === target)?.name ?? anonymousName(id, target);
    return { type, source: name, target, readOnly, asked: true };
  });
  const others = inherited.filter(({ target }) => !declared.some((mount) => mount.target === target));
  const ofImage = others.map(({ name: source, ...mount }): ObservedMount => ({ type: "volume", source, ...mount }));
  return [...declared, ...ofImage];
}

/** Names that nobody chooses: as many digits as the engine's own. */
export function anonymousName(container: string, target: string): string {
  return textHash(`${container} ${target}`).repeat(4);
}

export function volumesMade(mounts: readonly ObservedMount[]): readonly (readonly [string, ObservedVolume])[] {
  return mounts
    .filter(({ type }) => type === "volume")
    .map(({ source }) => [source, { driver: "local", options: {}, labels: {}, project: undefined }]);
}

export function helperMade(step: StepOf<"create-helper">, createdAt: number, id: string): ObservedHelper {
  const { name, project, service, lifeline, of } = step;
  return { id, name, project, service, lifeline, of, originalRuns: true, state: "created", createdAt };
}
