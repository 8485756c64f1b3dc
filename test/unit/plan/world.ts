import type { NetworkSpec } from "../../../src/compose/model/network.js";
import type { ServiceSpec } from "../../../src/compose/model/service.js";
import { emptyMemory } from "../../../src/plan/model/desired.js";
import type { Desired, Memory } from "../../../src/plan/model/desired.js";
import { nameInRole } from "../../../src/plan/model/host/names.js";
import type { HostSnapshot, ObservedImage } from "../../../src/plan/model/host/host-snapshot.js";
import type { ForeignContainer, ObservedContainer } from "../../../src/plan/model/host/observed.js";
import { viewOf } from "../../../src/plan/model/view.js";
import type { PullState } from "../../../src/plan/model/view.js";
import { plan } from "../../../src/plan/plan.js";
import { networkMade } from "../../../src/plan/steps/made.js";
import { renderPlan } from "../../../src/plan/steps/render.js";
import { digestOf, imageIdOf } from "../../digests.js";

export { digestOf } from "../../digests.js";

export const now = 1_000_000;

export const defaultNetwork: NetworkSpec = {
  key: "default",
  name: "shop_default",
  external: false,
  driver: undefined,
  driverOpts: {},
  internal: false,
  labels: {},
};

type SpecPatch = Partial<Omit<ServiceSpec, "container" | "update">> & {
  readonly container?: Partial<ServiceSpec["container"]>;
  readonly update?: Partial<ServiceSpec["update"]>;
};

/** `shop/web`: no ports, no volumes, so start-first by itself. */
export function specOf(patch: SpecPatch = {}): ServiceSpec {
  return {
    project: "shop",
    name: "web",
    image: { registry: "docker.io", repository: "acme/web", tag: "latest", digest: undefined },
    containerName: undefined,
    networks: [{ network: defaultNetwork, aliases: ["web"] }],
    volumes: [],
    dependsOn: [],
    keep: 1,
    ...patch,
    container: {
      command: undefined,
      entrypoint: undefined,
      environment: {},
      ports: [],
      mounts: [],
      labels: {},
      restart: { name: "always", maximumRetryCount: 0 },
      healthcheck: undefined,
      user: undefined,
      workingDir: undefined,
      stopGracePeriodMs: 10_000,
      stopSignal: undefined,
      ...patch.container,
    },
    update: { order: "auto", monitorMs: 5_000, failureAction: "rollback", ...patch.update },
  };
}

export const port8080 = { hostIp: undefined, hostPort: 8080, containerPort: 80, protocol: "tcp" } as const;
export const stopFirst = specOf({ container: { ports: [port8080] } });

export function desire(letter: string | undefined, spec = specOf(), specHash = "H"): Desired {
  if (letter === undefined) {
    return {
      spec,
      specHash,
      target: { known: false, reason: "RegistryUnavailable", message: "docker.io does not answer" },
    };
  }
  return { spec, specHash, target: { known: true, digest: digestOf(letter), sameContent: [] } };
}

/** Running since a minute, without a health check, unless told otherwise. */
export function containerIn(
  role: "active" | "next" | "previous" | "failed",
  letter: string,
  revision: number,
  patch: Partial<ObservedContainer> = {},
): ObservedContainer {
  const proven = role === "active";
  const ended = role === "previous" || role === "failed";
  return {
    id: `id-${role}-${revision}`,
    name: nameInRole("shop-web-1", role),
    project: "shop",
    service: "web",
    role,
    slot: 1,
    specHash: "H",
    digest: digestOf(letter),
    image: "docker.io/acme/web:latest",
    revision,
    imageId: imageIdOf(letter),
    state: ended ? "exited" : "running",
    health: "none",
    healthySince: undefined,
    healthcheck: undefined,
    createdAt: now - 61_000,
    startedAt: now - 60_000,
    finishedAt: ended ? now - 30_000 : undefined,
    exitCode: ended ? 0 : undefined,
    oomKilled: false,
    startError: "",
    restartCount: 0,
    restartPolicy: { name: proven ? "always" : "no", maximumRetryCount: 0 },
    declaredRestart: { name: "always", maximumRetryCount: 0 },
    networks: [{ network: "shop_default", aliases: proven ? ["web"] : [] }],
    ...patch,
  };
}

export function imageOf(
  letter: string,
  revisions: readonly number[] = [],
  usedBy: readonly string[] = [],
): ObservedImage {
  return {
    id: imageIdOf(letter),
    tags: revisions.map((revision) => `fairlead/keep:shop.web.r${revision}`),
    digests: [`acme/web@${digestOf(letter)}`],
    usedBy,
  };
}

/** As `defaultNetwork` declares them, made by Fairlead for the project shop. */
export function networksNamed(...names: readonly string[]): HostSnapshot["networks"] {
  const made = (name: string) => networkMade(creation({ ...defaultNetwork, name }), `net-${name}`);
  return new Map(names.map(made));
}

const creation = (network: NetworkSpec) => ({ kind: "create-network", network, project: "shop", because: "" }) as const;

/** Without options, made for the project shop. */
export function volumesNamed(...names: readonly string[]): HostSnapshot["volumes"] {
  return new Map(names.map((name) => [name, { driver: "local", options: {}, labels: {}, project: "shop" }]));
}

export function hostWith(containers: readonly ObservedContainer[], patch: Partial<HostSnapshot> = {}): HostSnapshot {
  return {
    takenAt: now,
    containers,
    foreign: [],
    networks: networksNamed("shop_default"),
    volumes: new Map(),
    images: containers.map((container) => imageOf(container.digest.slice(7, 8), [container.revision], [container.id])),
    engineOutage: undefined,
    ...patch,
  };
}

interface Case {
  readonly desired: Desired;
  readonly host: HostSnapshot;
  readonly memory?: Partial<Memory>;
  readonly pulls?: ReadonlyMap<string, PullState>;
}

/** The plan as text, with a line feed before and after for readable snapshots. */
export function planText({ desired, host, memory = {}, pulls = new Map() }: Case): string {
  return `\n${renderPlan(plan(desired, viewOf(host, desired.spec, pulls), { ...emptyMemory, ...memory }))}\n`;
}

export const hold = (letter: string, specHash = "H") => ({
  specHash,
  digest: digestOf(letter),
  reason: "Unhealthy" as const,
  message: "its health check fails",
  at: now - 20_000,
});

/** A container that others made, as a list shows it. */
export function foreignContainer(name: string, changes: Partial<ForeignContainer> = {}): ForeignContainer {
  return { id: `id-of-${name}`, name, image: "shop/web:1", compose: undefined, facts: undefined, ...changes };
}
