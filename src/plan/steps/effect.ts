import { jobsHash } from "../../compose/model/hash.js";
import type { Shared } from "../../compose/model/relations.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { formatImage } from "../../compose/values/image.js";
import type { ImageId, PinnedImage } from "../../compose/values/image.js";
import { anonymousOf } from "../model/anonymous.js";
import { roleOf, baseOf, activeName } from "../model/host/names.js";
import type { HostSnapshot } from "../model/host/host-snapshot.js";
import type { ObservedContainer, ObservedMount, ObservedRoute, UnreadFile } from "../model/host/observed.js";
import { addressesOf, resourcesOf } from "../model/host/resources.js";
import type { HeldAddress } from "../model/host/resources.js";
import type { BuildStep, ConnectStep, CreateContainerStep, RemoveContainerStep, Route, Step } from "../model/step.js";
import { helperChange } from "./helper-effect.js";
import { tagged, untagged } from "./image-effect.js";
import { helperMade, mountsMade, networkMade, volumeMade, volumesMade } from "./made.js";

/**
 * The host after a step that went well: what the engine would show. Pure; the forecast of a plan and the simulator of
 * the tests both stand on it. A pull counts as done at once. `id` is the id of a container or network that the step
 * creates.
 */
export function effect(
  host: HostSnapshot,
  step: Step,
  now: number,
  id = `${host.containers.length}@${now}`,
): HostSnapshot {
  const helped = helperChange(host, step);
  if (helped !== undefined) return helped;
  switch (step.kind) {
    case "create-network":
      return host.networks.has(step.network.name)
        ? host
        : { ...host, networks: new Map([...host.networks, networkMade(step, id)]) };
    case "remove-network": {
      const gone = host.networks.get(step.network)?.id === step.id;
      return gone ? { ...host, networks: new Map([...host.networks].filter(([name]) => name !== step.network)) } : host;
    }
    case "create-volume":
      return host.volumes.has(step.volume.name)
        ? host
        : { ...host, volumes: new Map([...host.volumes, volumeMade(step)]) };
    case "pull-image":
      return pulled(host, step.reference);
    case "build-image":
      return built(host, step);
    case "tag-image":
      return tagged(host, step.source, step.tag);
    case "create-container":
      return created(host, step, now, id);
    case "write-files":
      return change(host, step.container, (container) => configured(container, step.config));
    case "connect-network":
      return change(host, step.container, (container) => ({
        networks: [...without(container, step.network), endpoint(host, step)],
        ...fixed(step.network, container.fixedAddresses, addressesOf(step)),
      }));
    case "disconnect-network":
      return change(host, step.container, (container) => ({
        networks: without(container, step.network),
        ...fixed(step.network, container.fixedAddresses, []),
      }));
    case "start-container":
      return change(host, step.container, (container) => ({
        state: "running",
        health: container.healthcheck === undefined ? "none" : "starting",
        healthySince: undefined,
        startedAt: now,
        run: undefined,
        finishedAt: undefined,
        exitCode: undefined,
        startError: "",
        restartCount: 0,
        altered: undefined,
        ...(container.unread === undefined ? {} : { unread: [] }),
      }));
    case "signal-container":
      return change(host, step.container, ({ unread = [] }) => ({ unread: unread.filter(isOther(step.files)) }));
    case "stop-container":
      return change(host, step.container, () => ({
        state: "exited",
        health: "none",
        finishedAt: now,
        exitCode: 0,
        healthySince: undefined,
      }));
    case "rehearse-start":
    case "pre-stop":
    case "post-start":
    case "note-leaving":
    case "note-refusal":
    case "note-reload":
    case "hand-over":
      return host;
    case "create-helper":
      return { ...host, helpers: [...(host.helpers ?? []), helperMade(step, now, id)] };
    case "set-restart-policy":
      return change(host, step.container, () => ({ restartPolicy: step.policy }));
    case "rename-container":
      return change(host, step.container, (container) => renamed(step.to, baseOf(container)));
    case "remove-container":
      return removed(host, step);
    case "set-routes":
      return change(host, step.container, (container) => routed(container, step.routes, now));
    case "remove-image":
      return untagged(host, step.reference);
    case "keep-logs":
      return host;
  }
}

function isOther(files: readonly UnreadFile[]): (file: UnreadFile) => boolean {
  return ({ path, content }) => !files.some((one) => one.path === path && one.content === content);
}

function renamed(name: string, base: string): Partial<ObservedContainer> {
  const role = roleOf(name, base);
  return { name, role, ...(role === "stray" ? { base } : {}) };
}

function change(
  host: HostSnapshot,
  name: string,
  patch: (container: ObservedContainer) => Partial<ObservedContainer>,
): HostSnapshot {
  const containers = host.containers.map((container) =>
    container.name === name ? { ...container, ...patch(container) } : container,
  );
  return { ...host, containers };
}

function without(container: ObservedContainer, network: string): ObservedContainer["networks"] {
  return container.networks.filter((joined) => joined.network !== network);
}

function endpoint(
  host: HostSnapshot,
  step: Pick<ConnectStep, "network" | "aliases">,
): ObservedContainer["networks"][number] {
  const networkId = host.networks.get(step.network)?.id;
  return { network: step.network, ...(networkId === undefined ? {} : { networkId }), aliases: step.aliases };
}

function created(host: HostSnapshot, step: CreateContainerStep, now: number, id: string): HostSnapshot {
  const { spec } = step;
  const check = spec.container.healthcheck;
  const checked = check !== undefined && !check.disabled;
  const image = host.images.find(({ id, digests }) => id === step.from || digests.some((name) => name === step.from));
  const mounts = mountsMade(step, id);
  const container: ObservedContainer = {
    id,
    name: step.name,
    project: spec.project,
    service: spec.name,
    role: roleOf(step.name, activeName(spec, step.slot)),
    slot: step.slot,
    specHash: step.specHash,
    digest: step.digest,
    image: formatImage(spec.image),
    revision: step.revision,
    ...(step.returns === true ? { returns: true as const } : {}),
    imageId: image?.id ?? (step.digest as ImageId),
    state: "created",
    health: "none",
    healthySince: undefined,
    healthcheck: checked
      ? {
          intervalMs: check.intervalMs ?? 30_000,
          timeoutMs: check.timeoutMs ?? 30_000,
          retries: check.retries ?? 3,
          startPeriodMs: check.startPeriodMs ?? 0,
        }
      : undefined,
    createdAt: now,
    startedAt: undefined,
    finishedAt: undefined,
    exitCode: undefined,
    oomKilled: false,
    startError: "",
    restartCount: 0,
    restartPolicy: { name: "no", maximumRetryCount: 0 },
    declaredRestart: spec.container.restart,
    networks: step.attach === undefined ? [] : [endpoint(host, step.attach)],
    declaredNetworks: spec.networks.map(({ network }) => network.name),
    ...mounted(mounts),
    ...sharing(step),
    ...publishing(spec),
    ...(step.attach === undefined ? {} : fixed(step.attach.network, undefined, addressesOf(step.attach))),
    ...(spec.gateOf === undefined ? {} : { gate: { of: spec.gateOf } }),
    ...(step.job === undefined ? followedBy(spec) : { job: step.job }),
    ...(spec.onRollback === undefined ? {} : { onRollback: jobsHash(spec.onRollback) }),
  };
  const images = host.images.map((local) => (local === image ? { ...local, usedBy: [...local.usedBy, id] } : local));
  const volumes = new Map([...volumesMade(mounts), ...host.volumes]);
  return { ...host, containers: [...host.containers, container], volumes, images };
}

function mounted(mounts: readonly ObservedMount[]): Pick<ObservedContainer, "mounts"> {
  return mounts.length === 0 ? {} : { mounts };
}

function publishing(spec: ServiceSpec): Pick<ObservedContainer, "publishes" | "ports"> {
  const { ports } = resourcesOf(spec);
  return {
    ...(spec.container.ports.length === 0 ? {} : { publishes: true }),
    ...(ports.length === 0 ? {} : { ports }),
  };
}

/** `before`: of the same network or others. */
function fixed(
  network: string,
  before: readonly HeldAddress[] | undefined,
  now: readonly HeldAddress[],
): Pick<ObservedContainer, "fixedAddresses"> {
  if (before === undefined && now.length === 0) return {};
  return { fixedAddresses: [...(before ?? []).filter((one) => one.network !== network), ...now] };
}

function sharing({ owners = [] }: CreateContainerStep): Pick<ObservedContainer, "owners"> {
  const found: Partial<Record<Shared, readonly string[]>> = {};
  for (const { shared, id } of owners) found[shared] = [...(found[shared] ?? []), id];
  return owners.length === 0 ? {} : { owners: found };
}

/** A gate that has not been asked stays unknown. */
function routed({ gate }: ObservedContainer, routes: readonly Route[], now: number): Pick<ObservedContainer, "gate"> {
  if (gate?.state === undefined) return {};
  const after = gate.state.routes.map((known): ObservedRoute => {
    const route = routes.findLast(({ server }) => server === known.server);
    if (route === undefined) return known;
    const { closedSince = now, ...rest } = { ...known, ...route };
    return route.open ? rest : { ...rest, closedSince };
  });
  return { gate: { ...gate, state: { ...gate.state, routes: after } } };
}

function configured({ gate }: ObservedContainer, config: string | undefined): Pick<ObservedContainer, "gate"> {
  if (gate?.state === undefined || config === undefined) return {};
  return { gate: { ...gate, state: { ...gate.state, config } } };
}

function followedBy({ after = [] }: ServiceSpec): Pick<ObservedContainer, "after"> {
  return after.length === 0 ? {} : { after: jobsHash(after) };
}

function removed(host: HostSnapshot, { container: name, volumes }: RemoveContainerStep): HostSnapshot {
  const gone = host.containers.find((container) => container.name === name);
  const containers = host.containers.filter((container) => container !== gone);
  const needed = new Set(containers.flatMap(anonymousOf).map(({ source }) => source));
  const own = volumes === true && gone !== undefined ? anonymousOf(gone).map(({ source }) => source) : [];
  const doomed = new Set(own.filter((volume) => !needed.has(volume)));
  return {
    ...host,
    containers,
    volumes: doomed.size === 0 ? host.volumes : new Map([...host.volumes].filter(([volume]) => !doomed.has(volume))),
    images: host.images.map((image) => ({ ...image, usedBy: image.usedBy.filter((user) => user !== gone?.id) })),
  };
}

function pulled(host: HostSnapshot, reference: PinnedImage): HostSnapshot {
  if (host.images.some((image) => image.digests.includes(reference))) return host;
  // As a containerd store would call it.
  const id = reference.slice(reference.indexOf("@") + 1) as ImageId;
  const known = host.images.find((image) => image.id === id);
  if (known === undefined)
    return { ...host, images: [...host.images, { id, tags: [], digests: [reference], usedBy: [] }] };
  const images = host.images.map((image) =>
    image === known ? { ...image, digests: [...image.digests, reference] } : image,
  );
  return { ...host, images };
}

/** One image for the same inputs, as from the engine's cache. */
function built(host: HostSnapshot, { inputs, mark, name }: BuildStep): HostSnapshot {
  const id = `sha256:${inputs.padEnd(64, "0").slice(0, 64)}` as ImageId;
  const known = host.images.some((image) => image.id === id);
  const images = known ? host.images : [...host.images, { id, tags: [], digests: [], usedBy: [] }];
  return tagged(tagged({ ...host, images }, id, name), id, mark);
}
