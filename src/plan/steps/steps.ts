/*
 * From a decision to calls of the engine: that lives here, and what they change. No decision does.
 */

import type { EndpointSettings, NetworkAttachment } from "../../compose/model/network.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { familiarImage } from "../../compose/values/image.js";
import type { ImageVersion } from "../../compose/values/image.js";
import { given, groupOf } from "../../tools/present.js";
import type { ActOf, Intent, Starting } from "../model/intent.js";
import { activeName, baseOf, keepTag, nameInRole } from "../model/host/names.js";
import type { ObservedContainer, Role } from "../model/host/observed.js";
import { addressesOf, resourcesOf, sameAddress } from "../model/host/resources.js";
import type { Endpoint, InheritedVolume, Owner, StepOf } from "../model/step.js";
import { isUp, imageName } from "../model/view.js";
import type { SlotView, View } from "../model/view.js";

/** Stops for good: without its restart policy, or `always` would bring it back when the engine restarts. */
export function retire(one: ObservedContainer, spec: Pick<ServiceSpec, "container">, because: string): Intent[] {
  if (one.restartPolicy.name === "no" && !isUp(one)) return [];
  return [{ kind: "end", one, graceMs: spec.container.stopGracePeriodMs, because }];
}

export function remove(one: ObservedContainer, because: string): ActOf<"remove"> {
  return { kind: "remove", one, because };
}

/** Ends it and leaves nothing of it. */
export function discard(one: ObservedContainer, spec: Pick<ServiceSpec, "container">, because: string): Intent[] {
  return [...retire(one, spec, because), remove(one, because)];
}

/** Runs again with the policy of its own spec. */
export function restore(one: ObservedContainer, because: string): Intent[] {
  return isUp(one) ? restorePolicy(one) : [...restorePolicy(one), { kind: "start", one, because }];
}

/** One that runs is stopped and started, another one is started. */
export function startAnew(one: ObservedContainer, spec: Pick<ServiceSpec, "container">, because: string): Intent {
  if (!isUp(one)) return { kind: "start", one, because };
  return { kind: "restart", one, graceMs: spec.container.stopGracePeriodMs, because };
}

export function restorePolicy(one: ObservedContainer): Intent[] {
  const { restartPolicy: live, declaredRestart: policy } = one;
  if (one.restartFixed === true) return [];
  if (live.name === policy.name && live.maximumRetryCount === policy.maximumRetryCount) return [];
  return [{ kind: "policy", one, policy, because: "it serves: its declared restart policy holds" }];
}

export function nameAs(
  one: ObservedContainer,
  as: Exclude<Role, "stray">,
  because: string,
  base = baseOf(one),
): ActOf<"name"> {
  return { kind: "name", one, to: nameInRole(base, as), as, because };
}

/** The one that a plan makes, once it does. */
export function newborn(spec: ServiceSpec, slot: number): Starting {
  const name = nameInRole(activeName(spec, slot), "next");
  const publishes = spec.container.ports.length === 0 ? {} : { publishes: true as const };
  return { name, slot, role: "next", ...publishes, fixedAddresses: resourcesOf(spec).addresses };
}

/** A one-shot service asks for more tries with `restart: on-failure`: they belong to its one run. */
export function letTryAgain(
  { oneShot, container: { restart: policy } }: ServiceSpec,
  one: Starting & Partial<Pick<ObservedContainer, "restartPolicy" | "restartFixed">>,
): Intent[] {
  if (one.restartFixed === true) return [];
  if (oneShot !== true || policy.name !== "on-failure" || one.restartPolicy?.name === "on-failure") return [];
  return [{ kind: "policy", one, policy, because: "the engine tries it again while it fails" }];
}

/** Brings a container's networks to what its spec says. An alias cannot be changed on a joined network: it is left and joined again. */
export function join(one: ObservedContainer, networks: readonly NetworkAttachment[], named: boolean): Intent[] {
  const ends = networks.flatMap(({ network: { name: network }, aliases: own, settings }): Ends => {
    const aliases = named ? own : [];
    const because = named ? `it is to answer to ${own.join(", ")}` : "it has not proved itself: it answers to no alias";
    const connect = (asked: EndpointSettings | undefined) =>
      connection(one.name, { network, aliases, ...given({ settings: asked }) }, because);
    const endpoint = one.networks.find((joined) => joined.network === network);
    if (endpoint === undefined) return [connect(settings)];
    if (aliases.every((alias) => endpoint.aliases.includes(alias))) return [];
    return [
      { kind: "disconnect-network", container: one.name, network, because: "an alias can only be given on joining" },
      connect(whereItIs(one, network, settings)),
    ];
  });
  return joining(one, named, ends);
}

/**
 * What a container asks of a network that it leaves only for a moment: the addresses that it is fixed to there, and those
 * of its file that it has (an engine may not say which are fixed). Others in its file may be of a later edit, and by now be
 * those of another one. On a network that it has lost, it takes what it is given.
 */
export function whereItIs(
  { fixedAddresses = [], chosenAddresses = [] }: Pick<ObservedContainer, "fixedAddresses" | "chosenAddresses">,
  network: string,
  settings: EndpointSettings | undefined,
): EndpointSettings | undefined {
  const { ipv4Address: _v4, ipv6Address: _v6, ...rest } = settings ?? {};
  const declared = addressesOf({ network, settings });
  const had = chosenAddresses.filter((one) => declared.some((address) => sameAddress(one, address)));
  const fixed = [...fixedAddresses, ...had].filter((one) => one.network === network).map(({ address }) => address);
  const ipv4Address = fixed.find((address) => !address.includes(":"));
  const ipv6Address = fixed.find((address) => address.includes(":"));
  return groupOf({ ...rest, ipv4Address, ipv6Address });
}

/** Joins its networks anew under no name. */
export function leaveAliases(
  one: ObservedContainer,
  networks: readonly NetworkAttachment[],
  because = "it has to prove itself again: until then it answers to no alias",
): Intent[] {
  const ends = networks.flatMap(({ network: { name: network }, settings }): Ends => {
    const joined = one.networks.find((endpoint) => endpoint.network === network);
    if (joined === undefined || joined.aliases.length === 0) return [];
    const own = given({ settings: whereItIs(one, network, settings) });
    const connect = connection(one.name, { network, aliases: [], ...own }, because);
    return [{ kind: "disconnect-network", container: one.name, network, because }, connect];
  });
  return joining(one, false, ends);
}

type Ends = ActOf<"join">["ends"];

export function joining(one: ObservedContainer, named: boolean, ends: Ends): Intent[] {
  return ends.length === 0 ? [] : [{ kind: "join", one, named, ends }];
}

export function connection(container: string, end: Endpoint, because: string): StepOf<"connect-network"> {
  return { kind: "connect-network", container, ...end, because };
}

export interface Birth {
  readonly spec: ServiceSpec;
  readonly specHash: string;
  readonly digest: ImageVersion;
  readonly revision: number;
  readonly returns?: true;
  /** Whether it may answer to the service's aliases before it is proven: only where nothing else serves. */
  readonly aliased: boolean;
  readonly owners: readonly Owner[];
  readonly inherited: readonly InheritedVolume[];
  readonly because: string;
}

/** Networks, volumes, the container, its further networks, and our tag on its image: all but the start. */
export function create(birth: Birth, view: SlotView): Intent[] {
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
      kind: "create",
      step: {
        kind: "create-container",
        name,
        spec,
        specHash: birth.specHash,
        digest,
        from: imageName(view, spec.image, digest),
        revision,
        ...(birth.returns === true ? { returns: true as const } : {}),
        slot: view.slot,
        attach: first === undefined ? undefined : endpointOf(first),
        ...(owners.length === 0 ? {} : { owners }),
        ...(inherited.length === 0 ? {} : { inherited }),
        because: birth.because,
      },
      joins: rest.map((attachment) => connection(name, endpointOf(attachment), "its spec names this network too")),
    },
    ...keepImage(spec, digest, revision, view),
  ];
}

/** Our own tag on the image of a revision, and the declared one where it must be there. */
export function keepImage(spec: ServiceSpec, digest: ImageVersion, revision: number, view: View): Intent[] {
  const source = imageName(view, spec.image, digest);
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

export function createNetworks(spec: ServiceSpec, view: View): Intent[] {
  return spec.networks
    .filter(({ network }) => !network.external && !view.networks.has(network.name))
    .map(({ network }) => ({
      kind: "create-network",
      network,
      project: spec.project,
      because: "the service joins it and it is missing",
    }));
}

export function createVolumes(spec: ServiceSpec, view: View): Intent[] {
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
