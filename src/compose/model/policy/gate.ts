/**
 * `x-fairlead.gate`: a proxy in a container of its own holds the service's published ports and answers to its name, so
 * that the containers behind it can change without a request lost.
 */
export interface GateSpec {
  /** `http`: each request goes its own way; `tcp`: each connection. */
  readonly mode: "http" | "tcp";
  /** How long a request may wait at the gate while nothing serves behind it; 0: it is refused at once. */
  readonly holdMs: number;
  /** The containers behind are told the client's address by the PROXY protocol, version 2. */
  readonly proxyProtocol: boolean;
}

/** The service that a gate is, in the project of the service whose gate it is. */
export function gateName(service: string): string {
  return `${service}.gate`;
}
