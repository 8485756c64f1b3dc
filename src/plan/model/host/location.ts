/** The network that a container's processes see. */
export type NetworkLocation =
  | { readonly kind: "networks"; readonly addresses: readonly NetworkAddress[] }
  /** It shares the host's. */
  | { readonly kind: "host" }
  /** It shares another container's, by id. */
  | { readonly kind: "container"; readonly container: string }
  | { readonly kind: "none" };

export interface NetworkAddress {
  /** The engine's id of the network: names need not be unique. */
  readonly networkId: string;
  readonly network: string;
  /** IPv4, or IPv6 on a network that has nothing else. */
  readonly address: string;
}
