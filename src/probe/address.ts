import type { NetworkLocation } from "../plan/model/host/location.js";

/** Where the questions come from. */
export type Standpoint =
  { readonly kind: "host" } | { readonly kind: "container"; readonly networkIds: ReadonlySet<string> };

export type AddressChoice =
  | { readonly kind: "address"; readonly address: string }
  /** What is in the way, and what to do about it. */
  | { readonly kind: "problem"; readonly message: string };

/** The host is on all of its engine's bridges; a container only on the networks that it has joined. */
export function chooseAddress(target: NetworkLocation | undefined, from: Standpoint): AddressChoice {
  switch (target?.kind) {
    case undefined:
      return problem("it does not run any more, or the container whose network it shares does not");
    case "none":
      return problem("it has no network: use an exec probe");
    case "container":
      return problem("it shares the network of a container that has none of its own");
    case "host":
      if (from.kind === "host") return { kind: "address", address: "127.0.0.1" };
      return problem(
        "it uses the host's network and Fairlead's own container does not: " +
          "run Fairlead with network_mode: host, or use an exec probe",
      );
    case "networks": {
      const { addresses } = target;
      const shared = addresses.find(({ networkId }) => from.kind === "host" || from.networkIds.has(networkId));
      if (shared !== undefined) return { kind: "address", address: shared.address };
      const names = addresses.map(({ network }) => network);
      return problem(
        `it is on ${names.join(", ")} and Fairlead's own container is not: connect that ` +
          `(docker network connect ${names[0] ?? "NETWORK"} CONTAINER), or use an exec probe`,
      );
    }
  }
}

function problem(message: string): AddressChoice {
  return { kind: "problem", message };
}
