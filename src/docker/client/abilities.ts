import { type EndpointSettings, interfaceOption } from "../../compose/model/network.js";
import type { Mount } from "../../compose/model/mount.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { FairleadError } from "../../errors.js";
import type { CreateContainerStep } from "../../plan/model/step.js";
import { isOlder } from "./version.js";

/** Something that older engines drop without a word, or take for something else. */
export interface Ability {
  /** The API version that brought it, and the Docker release of that. */
  readonly since: string;
  readonly release: string;
  readonly what: string;
  /** Without it the container is still what the file means. */
  readonly dispensable?: boolean;
}

/** One that a file can ask for. */
interface Demand extends Ability {
  readonly isMade: (spec: ServiceSpec) => boolean;
}

const mounted = (test: (mount: Mount) => boolean) => (spec: ServiceSpec) => spec.container.mounts.some(test);
const joined = (test: (settings: EndpointSettings) => boolean) => (spec: ServiceSpec) =>
  spec.networks.some(({ settings }) => settings !== undefined && test(settings));

const demands: readonly Demand[] = [
  {
    since: "1.42",
    release: "23",
    what: "`bind.recursive` together with `bind.create_host_path`",
    isMade: mounted((mount) => mount.createHostPath && mount.bind?.recursive !== undefined),
  },
  {
    since: "1.43",
    release: "24",
    what: "`annotations`",
    isMade: ({ container }) => Object.keys(container.annotations ?? {}).length > 0,
  },
  {
    since: "1.44",
    release: "25",
    what: "`healthcheck.start_interval`",
    isMade: ({ container: { healthcheck } }) =>
      healthcheck?.disabled === false && healthcheck.startIntervalMs !== undefined,
    dispensable: true,
  },
  {
    since: "1.44",
    release: "25",
    what: "`bind.recursive: writable` and `readonly`",
    isMade: mounted(({ bind }) => bind?.recursive === "writable" || bind?.recursive === "readonly"),
  },
  {
    since: "1.45",
    release: "26",
    what: "`volume.subpath`",
    isMade: mounted(({ volume }) => volume?.subpath !== undefined),
  },
  {
    since: "1.48",
    release: "28",
    what: "`gw_priority`",
    isMade: joined(({ gatewayPriority }) => gatewayPriority !== undefined),
  },
  {
    since: "1.49",
    release: "28.1",
    what: "`interface_name`",
    isMade: joined(({ driverOpts }) => driverOpts?.[interfaceOption] !== undefined),
  },
];

/**
 * What the container will have to do without on an engine of this API version, as warnings. Throws FairleadError
 * `EngineRefused` where it would not be what the file says.
 */
export function checkAbilities({ name, spec }: CreateContainerStep, api: string): readonly string[] {
  const made = demands.filter(({ isMade }) => isMade(spec));
  return checkDemands(`create container ${name}`, made, api);
}

/** The same of what is asked for otherwise; `task`: what is to be done, as an infinitive. */
export function checkDemands(task: string, made: readonly Ability[], api: string): readonly string[] {
  const unmet = made.filter(({ since }) => isOlder(api, since));
  const refused = unmet.find(({ dispensable = false }) => !dispensable);
  if (refused !== undefined) {
    throw new FairleadError(
      "EngineRefused",
      `cannot ${task}: ${refused.what} needs an engine with API ${refused.since}; this one speaks ${api}`,
      { remedy: `update Docker to ${refused.release} or newer, or remove the key`, retry: "never" },
    );
  }
  return unmet.map(
    ({ what, since, release }) =>
      `${what} is left out: it needs API ${since} (Docker ${release}), this engine speaks ${api}`,
  );
}
