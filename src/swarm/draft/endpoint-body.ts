import type { ClusterSpec } from "../../compose/model/cluster.js";
import { given } from "../../tools/present.js";
import type { EndpointBody } from "../model/body.js";

/** Without a word of the file it is Swarm's own choice, spelt out: what is read back is compared with it. */
export function endpointBody({ endpointMode, ports, network }: ClusterSpec): EndpointBody | undefined {
  // Of the host's network there is nothing to spread or to find.
  if (network !== undefined && ports.length === 0 && endpointMode === undefined) return undefined;
  return {
    Mode: endpointMode ?? "vip",
    ...(ports.length === 0
      ? {}
      : {
          Ports: ports.map(({ containerPort, publishedPort, protocol, mode }) => ({
            Protocol: protocol,
            TargetPort: containerPort,
            ...given({ PublishedPort: publishedPort }),
            PublishMode: mode,
          })),
        }),
  };
}
