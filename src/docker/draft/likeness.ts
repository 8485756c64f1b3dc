import type { Likeness, LikenessOfTwo } from "../../control/ports/engine.js";
import { FairleadError } from "../../errors.js";
import type { CreateContainerStep } from "../../plan/model/step.js";
import { withoutUrlSecrets } from "../../tools/mask.js";
import { settingsBoth } from "../adopt/comparison.js";
import { imageOf, surroundings } from "../adopt/differences.js";
import type { Settings } from "../adopt/settings.js";
import type { MountedVolume } from "../adopt/volumes-of.js";
import { inspectContainer } from "../calls/containers.js";
import type { Connection } from "../client/connection.js";
import { shortId } from "../client/ids.js";
import type { InspectedContainer } from "../client/schema.js";
import { isEmpty, recordOf } from "../create/body.js";
import { readIdentity } from "../create/labels.js";
import { draftMounts } from "./mounts.js";
import { declaredIn, declaredOf } from "./portrait.js";
import { looksSecret } from "./secrets.js";
import { nested, words } from "./words.js";

/**
 * A container as a service of a Compose file, as far as it can be told from outside, and what the step would create in its
 * place in the same words. Throws FairleadError ContainerGone.
 */
export async function likenessOf(
  connection: Connection,
  id: string,
  step: CreateContainerStep | undefined,
): Promise<LikenessOfTwo> {
  const inspected = await inspectContainer(connection, id);
  if (inspected === undefined) throw new FairleadError("ContainerGone", `container ${shortId(id)} is gone`);
  const [image, around] = await Promise.all([
    imageOf(connection, inspected.Image ?? ""),
    surroundings(connection, inspected),
  ]);
  const config = image.Config ?? {};
  const is = declaredOf(inspected, config, around);
  if (step === undefined) return { is: written(is, besidesIn(inspected)) };
  const both = settingsBoth({ inspected, image: config }, step, around, await connection.version());
  const wanted = declaredIn(both.wanted, config, around);
  const shown = { ...is, ...alikeLogging(is, wanted, both.isLoggedAlike) };
  return {
    is: written(shown, besidesIn(inspected)),
    wanted: written(wanted, besidesOf(step), environmentOf(shown)),
  };
}

/** Options that the daemon adds of its own are none of a file's. */
function alikeLogging(is: Settings, wanted: Settings, isAlike: boolean): Settings {
  return isAlike && is["logging"] !== undefined ? { logging: wanted["logging"] } : {};
}

/** What no body says. */
type Besides = Readonly<Record<"restart" | "networks" | "network_mode", unknown>>;

function besidesIn(inspected: InspectedContainer): Besides {
  const identity = readIdentity(inspected.Config?.Labels ?? {});
  const mode = inspected.HostConfig?.NetworkMode ?? "";
  const joined = Object.keys(inspected.NetworkSettings?.Networks ?? {});
  const networks = identity?.declaredNetworks ?? joined;
  const isPlain = ["host", "none"].includes(mode) || mode.startsWith("container:");
  const { RestartPolicy } = inspected.HostConfig ?? {};
  const seen = { name: RestartPolicy?.Name ?? "no", maximumRetryCount: RestartPolicy?.MaximumRetryCount ?? 0 };
  return {
    restart: restartWord(identity?.declaredRestart ?? seen),
    networks: isPlain ? [] : [...networks].filter((name) => name !== "").sort(),
    network_mode: isPlain ? modeWord(mode) : undefined,
  };
}

function besidesOf({ spec }: CreateContainerStep): Besides {
  const { networks, networkMode } = spec;
  return {
    restart: restartWord(spec.container.restart),
    networks: networks.map(({ network }) => network.name).sort(),
    network_mode: networks.length > 0 ? undefined : networkMode === undefined ? "none" : modeWord(networkMode.kind),
  };
}

/** Whose it is changes with each container of that one. */
function modeWord(mode: string): string {
  return mode.startsWith("container:") || mode === "service" || mode === "container" ? "of another container" : mode;
}

function restartWord({ name, maximumRetryCount }: { readonly name: string; readonly maximumRetryCount: number }) {
  if (name === "" || name === "no") return undefined;
  return name === "on-failure" && maximumRetryCount > 0 ? `${name}:${maximumRetryCount}` : name;
}

function environmentOf(settings: Settings): Settings {
  return recordOf(settings["environment"]);
}

/** In the words of a file. `other`: the environment that it is compared with, for hidden values are told apart by it. */
function written(settings: Settings, { restart, networks, network_mode }: Besides, other?: Settings): Likeness {
  const mounts = draftMounts(volumesIn(settings), (volume) => volume);
  const said = Object.entries(words).flatMap(([key, word]) =>
    isEmpty(settings[key]) ? [] : [[key.split("."), word(settings[key])] as const],
  );
  const { environment, labels, ...rest } = nested(said);
  const all = {
    ...rest,
    environment: isEmpty(environment) ? undefined : hiddenAll(recordOf(environment), other),
    labels: isEmpty(labels) ? undefined : hiddenSome(recordOf(labels)),
    volumes: mounts.volumes,
    tmpfs: mounts.tmpfs,
    ...{ restart, networks, network_mode },
  };
  return withoutLogins(Object.fromEntries(Object.entries(all).filter(([, value]) => !isEmpty(value)))) as Likeness;
}

/** How a missing source would have been dealt with has no bearing on a mount that is there. */
function volumesIn(settings: Settings): Readonly<Record<string, MountedVolume>> {
  const all = Object.entries(recordOf(settings["volumes"]) as Record<string, MountedVolume>);
  return Object.fromEntries(
    all
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([target, mount]) => [target, mount.type === "tmpfs" ? mount : { ...mount, short: true }]),
  );
}

const hidden = "[hidden]";
const hiddenOther = "[hidden, another one]";

/** Nothing tells which of them is a secret: that one differs is told, and no value. */
function hiddenAll(environment: Settings, other: Settings | undefined): object {
  return Object.fromEntries(
    Object.entries(environment)
      .sort(([one], [two]) => (one < two ? -1 : 1))
      .map(([name, value]) => {
        const differs = other !== undefined && Object.hasOwn(other, name) && other[name] !== value;
        return [name, differs ? hiddenOther : hidden];
      }),
  );
}

function hiddenSome(labels: Settings): object {
  return Object.fromEntries(
    Object.entries(labels)
      .sort(([one], [two]) => (one < two ? -1 : 1))
      .map(([name, value]) => [name, looksSecret(name, String(value)) ? hidden : value]),
  );
}

function withoutLogins(value: unknown): unknown {
  if (typeof value === "string") return withoutUrlSecrets(value);
  if (Array.isArray(value)) return value.map(withoutLogins);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutLogins(item)]));
}
