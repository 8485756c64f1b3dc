import type { EndpointSettings, NetworkAttachment } from "../compose/model/network.js";
import type { RestartPolicy, ServiceSpec } from "../compose/model/service.js";
import { familiarImage, pinnedImage } from "../compose/values/image.js";
import type { Digest } from "../compose/values/image.js";
import { groupOf } from "../tools/present.js";
import { activeName, keepTag, nameInRole } from "./names.js";
import type { ObservedContainer } from "./observed.js";
import type { Endpoint, InheritedVolume, Owner, Step } from "./step.js";
import { isUp, localName } from "./view.js";
import type { SlotView, View } from "./view.js";

const off = { name: "no", maximumRetryCount: 0 } as const;

/** Stops for good: without its restart policy, or `always` would bring it back when the engine restarts. */
export function retire(container: ObservedContainer, spec: Pick<ServiceSpec, "container">, because: string): Step[] {
  const steps: Step[] = [];
  if (container.restartPolicy.name !== "no") {
    const why = "a container that leaves its role must not come back by itself";
    steps.push({ kind: "set-restart-policy", container: container.name, policy: off, because: why });
  }
  if (isUp(container)) {
    steps.push({
      kind: "stop-container",
      container: container.name,
      graceMs: spec.container.stopGracePeriodMs,
      because,
    });
  }
  return steps;
}

/** Ends it and leaves nothing of it. */
export function discard(container: ObservedContainer, spec: Pick<ServiceSpec, "container">, because: string): Step[] {
  return [...retire(container, spec, because), { kind: "remove-container", container: container.name, because }];
}

/** Runs again with the policy of its own spec. */
export function restore(container: ObservedContainer, because: string): Step[] {
  const steps = restorePolicy(container);
  if (!isUp(container)) steps.push({ kind: "start-container", container: container.name, because });
  return steps;
}

export function restorePolicy(container: ObservedContainer): Step[] {
  const { restartPolicy: live, declaredRestart: declared } = container;
  if (container.restartFixed === true) return [];
  if (live.name === declared.name && live.maximumRetryCount === declared.maximumRetryCount) return [];
  const because = "it serves: its declared restart policy holds";
  return [{ kind: "set-restart-policy", container: container.name, policy: declared, because }];
}

/** A one-shot service asks for more tries with `restart: on-failure`: they belong to its one run. */
export function letTryAgain(
  { oneShot, container: { restart } }: ServiceSpec,
  next: { readonly name: string; readonly restartPolicy?: RestartPolicy; readonly restartFixed?: true },
): Step[] {
  if (next.restartFixed === true) return [];
  if (oneShot !== true || restart.name !== "on-failure" || next.restartPolicy?.name === "on-failure") return [];
  const because = "the engine tries it again while it fails";
  return [{ kind: "set-restart-policy", container: next.name, policy: restart, because }];
}

/** Brings a container's networks to what its spec says. An alias cannot be changed on a joined network: it is left and joined again. */
export function join(container: ObservedContainer, networks: readonly NetworkAttachment[], aliased: boolean): Step[] {
  return networks.flatMap(({ network, aliases, settings }): Step[] => {
    const wanted = aliased ? aliases : [];
    const endpoint = container.networks.find((joined) => joined.network === network.name);
    const connect = (asked: EndpointSettings | undefined): Step => ({
      kind: "connect-network",
      container: container.name,
      network: network.name,
      aliases: wanted,
      ...(asked === undefined ? {} : { settings: asked }),
      because: aliased
        ? `it is to answer to ${aliases.join(", ")}`
        : "it has not proved itself: it answers to no alias",
    });
    if (endpoint === undefined) return [connect(settings)];
    if (wanted.every((alias) => endpoint.aliases.includes(alias))) return [];
    const because = "an alias can only be given on joining";
    const leave: Step = { kind: "disconnect-network", container: container.name, network: network.name, because };
    return [leave, connect(whereItIs(container, network.name, settings))];
  });
}

/**
 * What a container asks of a network that it leaves only for a moment: the addresses that it is fixed to there. Those in its
 * file may be of a later edit, and by now be those of another one. On a network that it has lost, it takes what it is given.
 */
export function whereItIs(
  { fixedAddresses = [] }: Pick<ObservedContainer, "fixedAddresses">,
  network: string,
  settings: EndpointSettings | undefined,
): EndpointSettings | undefined {
  const { ipv4Address: _v4, ipv6Address: _v6, ...rest } = settings ?? {};
  const fixed = fixedAddresses.filter((one) => one.network === network).map(({ address }) => address);
  const ipv4Address = fixed.find((address) => !address.includes(":"));
  const ipv6Address = fixed.find((address) => address.includes(":"));
  return groupOf({ ...rest, ipv4Address, ipv6Address });
}

/** Joins its networks anew under no name. */
export function leaveAliases(
  container: ObservedContainer,
  networks: readonly NetworkAttachment[],
  because = "it has to prove itself again: until then it answers to no alias",
): Step[] {
  return networks.flatMap(({ network: { name: network }, settings }): Step[] => {
    const joined = container.networks.find((endpoint) => endpoint.network === network);
    if (joined === undefined || joined.aliases.length === 0) return [];
    const asked = whereItIs(container, network, settings);
    const own = asked === undefined ? {} : { settings: asked };
    return [
      { kind: "disconnect-network", container: container.name, network, because },
      { kind: "connect-network", container: container.name, network, aliases: [], ...own, because },
    ];
  });
}

export interface Birth {
  readonly spec: ServiceSpec;
  readonly specHash: string;
  readonly digest: Digest;
  readonly revision: number;
  readonly returns?: true;
  /** Whether it may answer to the service's aliases before it is proven: only where nothing else serves. */
  readonly aliased: boolean;
  readonly owners: readonly Owner[];
  readonly inherited: readonly InheritedVolume[];
  readonly because: string;
}

/** Networks, volumes, the container, its further networks, and our tag on its image: all but the start. */
export function create(birth: Birth, view: SlotView): Step[] {
  const { spec, digest, revision, aliased, owners, inherited } = birth;
  const name = nameInRole(activeName(spec, view.slot), "next");
  const [first, ...rest] = spec.networks;
  const endpointOf = ({ network, aliases, settings }: NetworkAttachment): Endpoint => ({
    network: network.name,
    aliases: aliased ? aliases : [],
    ...(settings === undefined ? {} : { settings }),
  });
  return [
    ...createNetworks(spec, view),
    ...createVolumes(spec, view),
    {
      kind: "create-container",
      name,
      spec,
      specHash: birth.specHash,
      digest,
      ...(localName(view, spec.image, digest) === digest ? { byId: true as const } : {}),
      revision,
      ...(birth.returns === true ? { returns: true as const } : {}),
      slot: view.slot,
      attach: first === undefined ? undefined : endpointOf(first),
      ...(owners.length === 0 ? {} : { owners }),
      ...(inherited.length === 0 ? {} : { inherited }),
      because: birth.because,
    },
    ...rest.map((attachment): Step => {
      const because = "its spec names this network too";
      return { kind: "connect-network", container: name, ...endpointOf(attachment), because };
    }),
    ...keepImage(spec, digest, revision, view),
  ];
}

/** Our own tag on the image of a revision, and the declared one where it must be there. */
export function keepImage(spec: ServiceSpec, digest: Digest, revision: number, view: View): Step[] {
  const source = localName(view, spec.image, digest) ?? pinnedImage(spec.image, digest);
  const wanted = [
    { tag: keepTag(spec, revision), because: "a tagged image survives an image prune" },
    // The tag itself decides from now on whether an image is missing.
    ...(spec.pullPolicy?.kind === "missing" && spec.image.digest === undefined
      ? [{ tag: familiarImage(spec.image), because: "pull_policy is missing: what bears the tag counts" }]
      : []),
  ];
  return wanted
    .filter(({ tag }) => !view.images.some((image) => image.tags.includes(tag)))
    .map(({ tag, because }) => ({ kind: "tag-image", source, tag, because }));
}

export function createNetworks(spec: ServiceSpec, view: View): Step[] {
  return spec.networks
    .filter(({ network }) => !network.external && !view.networks.has(network.name))
    .map(({ network }) => ({
      kind: "create-network",
      network,
      project: spec.project,
      because: "the service joins it and it is missing",
    }));
}

export function createVolumes(spec: ServiceSpec, view: View): Step[] {
  return spec.volumes
    .filter((volume) => !volume.external && !view.volumes.has(volume.name))
    .map((volume) => ({
      kind: "create-volume",
      volume,
      project: spec.project,
      because: "the service mounts it and it is missing",
    }));
}

/** What the file calls external and the host does not have. */
export function missingExternals(spec: ServiceSpec, view: View): string[] {
  const networks = spec.networks.map(({ network }) => network).filter((network) => !view.networks.has(network.name));
  const volumes = spec.volumes.filter((volume) => !view.volumes.has(volume.name));
  return [
    ...networks.filter((network) => network.external).map((network) => `network ${network.name}`),
    ...volumes.filter((volume) => volume.external).map((volume) => `volume ${volume.name}`),
  ];
}
