import type { ContainerOf } from "../../compose/model/container/options.js";
import type { Shared } from "../../compose/model/relations.js";
import { FairleadError } from "../../errors.js";
import type { Owners } from "../../plan/model/host/observed.js";
import type { CreateContainerStep, Owner } from "../../plan/model/step.js";
import { given } from "../../tools/present.js";
import type { InspectedContainer } from "../client/schema.js";

/** By their ids, which the engine keeps even when those are gone: with whom it was created to share, and what. */
export function ownersIn({ HostConfig }: InspectedContainer): Owners {
  const { NetworkMode = "", IpcMode = "", PidMode = "", VolumesFrom } = HostConfig ?? {};
  const found: Record<Shared, readonly string[]> = {
    network: idIn(NetworkMode),
    ipc: idIn(IpcMode),
    pid: idIn(PidMode),
    volumes: (VolumesFrom ?? []).flatMap((from) => idIn(`container:${from.replace(/:r[ow]$/, "")}`)),
  };
  return Object.fromEntries(Object.entries(found).filter(([, ids]) => ids.length > 0));
}

function idIn(mode: string): readonly string[] {
  const id = /^container:([0-9a-f]{64})$/.exec(mode)?.[1];
  return id === undefined ? [] : [id];
}

/** The part of `HostConfig` that names other containers, as the step says: by their ids, which no other one gets. */
export function sharingBody({ spec, owners }: CreateContainerStep): object {
  const { namespaces, volumesFrom } = spec.container;
  const mode = (shared: Shared, whose: string | ContainerOf | undefined) => {
    if (typeof whose === "object") return `container:${ownerOf(owners, shared, whose).id}`;
    const [, name] = /^container:(.+)$/.exec(whose ?? "") ?? [];
    return name === undefined ? whose : `container:${idOf(owners, shared, name)}`;
  };
  return given({
    IpcMode: mode("ipc", namespaces?.ipc),
    PidMode: mode("pid", namespaces?.pid),
    VolumesFrom: volumesFrom?.map((from) => {
      if (typeof from === "object") return `${ownerOf(owners, "volumes", from).id}${from.readOnly ? ":ro" : ""}`;
      const [, name = "", access = ""] = /^(.+?)(:r[ow])?$/.exec(from) ?? [];
      return `${idOf(owners, "volumes", name)}${access}`;
    }),
  });
}

/** Of a container that the file names; its name where nobody has looked. */
export function idOf(owners: readonly Owner[] = [], shared: Shared, name: string): string {
  return owners.find((one) => one.shared === shared && "container" in one && one.container === name)?.id ?? name;
}

/** The planner creates nothing whose owner it does not know. */
export function ownerOf(owners: readonly Owner[] = [], shared: Shared, { service }: ContainerOf): Owner {
  const owner = owners.find((one) => one.shared === shared && "service" in one && one.service === service);
  if (owner !== undefined) return owner;
  throw new FairleadError("Internal", `the container of service ${service} is not known`);
}
