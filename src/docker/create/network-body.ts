import type { NetworkMode } from "../../compose/model/network.js";
import type { CreateContainerStep } from "../../plan/model/step.js";
import { isOlder } from "../client/version.js";
import { endpointBody } from "./endpoint-body.js";
import { idOf, ownerOf } from "./owners.js";

export function hostNetworkBody({ attach, spec, owners }: CreateContainerStep): { readonly NetworkMode: string } {
  return {
    NetworkMode: attach?.network ?? (spec.networkMode === undefined ? "none" : modeOf(spec.networkMode, owners)),
  };
}

/** Before API 1.44 a MAC address is the whole container's, and belongs to the network it is created on. */
export function networkBody({ attach }: CreateContainerStep, api: string): object {
  if (attach === undefined) return {};
  const macAddress = isOlder(api, "1.44") ? attach.settings?.macAddress : undefined;
  return {
    ...(macAddress === undefined ? {} : { MacAddress: macAddress }),
    NetworkingConfig: { EndpointsConfig: { [attach.network]: endpointBody(attach.aliases, attach.settings) } },
  };
}

function modeOf(mode: NetworkMode, owners: CreateContainerStep["owners"]): string {
  switch (mode.kind) {
    case "host":
    case "none":
    case "bridge":
      return mode.kind;
    case "container":
      return `container:${idOf(owners, "network", mode.container)}`;
    case "service":
      return `container:${ownerOf(owners, "network", mode).id}`;
  }
}
