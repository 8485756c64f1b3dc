import type { CreateHelperStep, Endpoint } from "../../plan/model/step.js";
import type { Body } from "../create/body.js";
import { endpointBody } from "../create/endpoint-body.js";
import { helperLabels } from "../read/helper-labels.js";

/** What the controller knows of itself and the engine does not. */
export interface HelperOptions {
  readonly lease: string;
  /** Undefined: it is root. */
  readonly user: { readonly uid: number; readonly gid: number; readonly home: string } | undefined;
  /** A file of its own file system; undefined: there is none that it can read. */
  readonly readFile: (path: string) => Promise<string | undefined>;
}

/** What the engine says of a container, as far as it is taken over. The rest goes back to it as it came. */
export interface Original {
  /** By its id: whatever its tag stands for by now. */
  readonly Image?: string;
  readonly Config?: {
    readonly Env?: readonly string[] | null;
    readonly User?: string;
  } & Fields;
  readonly HostConfig?: {
    readonly NetworkMode?: string;
    readonly Mounts?: readonly { readonly Type?: string; readonly Source?: string }[] | null;
    readonly VolumesFrom?: readonly string[] | null;
    readonly CapAdd?: readonly string[] | null;
  } & Fields;
  readonly NetworkSettings?: { readonly Networks?: Readonly<Record<string, OriginalEndpoint | null>> | null };
}

type Fields = Readonly<Record<string, unknown>>;

interface OriginalEndpoint {
  readonly NetworkID?: string;
  readonly Aliases?: readonly string[] | null;
  readonly DriverOpts?: Readonly<Record<string, string>> | null;
  readonly GwPriority?: number;
}

const socketInside = "/fairlead-engine.sock";
const ofProcess = ["Cmd", "Entrypoint", "WorkingDir", "StopSignal", "StopTimeout", "Tty"] as const;
/** What only one container can have, or what belongs to that one. */
const ownAlone = ["PortBindings", "PublishAllPorts", "AutoRemove", "ContainerIDFile", "Links"] as const;

/**
 * The body of POST /containers/create, and the networks to join after that: old engines take one at creation. Nobody is to
 * find a helper: no label but its own, no port, no alias but on the networks that are `named`.
 */
export function helperBody(
  step: CreateHelperStep,
  original: Original,
  named: ReadonlySet<string>,
  options: HelperOptions,
): { readonly body: Body; readonly further: readonly Endpoint[] } {
  const { Config = {}, HostConfig = {} } = original;
  const process = Object.fromEntries(ofProcess.flatMap((key) => (Config[key] == null ? [] : [[key, Config[key]]])));
  const host = Object.fromEntries(Object.entries(HostConfig).filter(([key]) => !ownAlone.some((own) => own === key)));
  const asRoot = step.socket !== undefined && options.user !== undefined;
  const endpoints = endpointsOf(step, original, named);
  const first = endpoints.find(({ isFirst }) => isFirst);
  const body = {
    Image: original.Image,
    ...process,
    User: asRoot ? "0:0" : Config.User,
    Env: environmentOf(Config.Env ?? [], step, options),
    Labels: helperLabels(step, options.lease),
    // It is asked in another way, and an engine that probes it wakes a process every few seconds.
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      ...host,
      RestartPolicy: { Name: "always" },
      // Every volume, those without a name of their own too: asked for again, the engine would make new ones.
      VolumesFrom: [...(HostConfig.VolumesFrom ?? []), step.of],
      Mounts: [
        ...(HostConfig.Mounts ?? []).filter(({ Type, Source }) => Type !== "volume" || Boolean(Source)),
        ...(step.socket === undefined ? [] : [socketMount(step.socket)]),
      ],
      // To become the controller's own user once it has seen whose the socket is.
      ...(asRoot ? { CapAdd: [...(HostConfig.CapAdd ?? []), "SETUID", "SETGID"] } : {}),
    },
    ...(first === undefined
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [first.network]: endpointBody(first.aliases, first.settings) } } }),
  };
  return { body, further: endpoints.filter((one) => one !== first) };
}

function socketMount(socket: string): object {
  return { Type: "bind", Source: socket, Target: socketInside };
}

function environmentOf(
  given: readonly string[],
  { project, service, socket }: CreateHelperStep,
  { user }: HelperOptions,
): readonly string[] {
  const own = new Map([["FAIRLEAD_HELPER", `${project}/${service}`]]);
  const gone = new Set<string>();
  if (socket !== undefined) {
    own.set("DOCKER_HOST", `unix://${socketInside}`);
    for (const name of ["DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"]) gone.add(name);
    if (user !== undefined) own.set("FAIRLEAD_HELPER_USER", `${user.uid}:${user.gid}`).set("HOME", user.home);
  }
  const nameOf = (entry: string) => entry.split("=")[0] ?? "";
  const kept = given.filter((entry) => !own.has(nameOf(entry)) && !gone.has(nameOf(entry)));
  return [...kept, ...[...own].map(([name, value]) => `${name}=${value}`)];
}

interface HelperEndpoint extends Endpoint {
  readonly isFirst: boolean;
}

/** None where it shares the host's network, or another container's. */
function endpointsOf(
  { of }: CreateHelperStep,
  { HostConfig, NetworkSettings }: Original,
  named: ReadonlySet<string>,
): readonly HelperEndpoint[] {
  const mode = HostConfig?.NetworkMode ?? "default";
  if (/^(?:host|none|container:.*)$/.test(mode)) return [];
  const shortId = of.slice(0, 12);
  return Object.entries(NetworkSettings?.Networks ?? {}).flatMap(([network, endpoint]) => {
    // The default network has no aliases, and a container gets it by its mode alone.
    if (network === "bridge") return [];
    const all = (endpoint?.Aliases ?? []).filter((alias) => alias !== shortId);
    const aliases = named.has(network) ? all : [];
    const { DriverOpts, GwPriority } = endpoint ?? {};
    const settings = {
      ...(DriverOpts == null ? {} : { driverOpts: DriverOpts }),
      ...(GwPriority === undefined || GwPriority === 0 ? {} : { gatewayPriority: GwPriority }),
    };
    return [{ network, aliases, settings, isFirst: network === mode || endpoint?.NetworkID === mode }];
  });
}
