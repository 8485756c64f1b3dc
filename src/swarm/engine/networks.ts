import type { NetworkSpec } from "../../compose/model/network.js";
import { networkLabels } from "../../docker/create/labels.js";
import { given } from "../../tools/present.js";
import type { NetworkBody } from "../model/cluster.js";
import { namespaceLabel } from "./generation.js";

/** Of all nodes, unless the file names another driver. */
export function overlayOf(network: NetworkSpec, project: string): NetworkBody {
  const { name, driver = "overlay", internal, attachable, enableIpv6, driverOpts, ipam } = network;
  const Config = (ipam?.config ?? []).map(({ subnet, ipRange, gateway }) =>
    given({ Subnet: subnet, IPRange: ipRange, Gateway: gateway }),
  );
  return {
    Name: name,
    Driver: driver,
    Internal: internal,
    ...given({ Attachable: attachable, EnableIPv6: enableIpv6 }),
    Options: driverOpts,
    Labels: { ...networkLabels(network, project), [namespaceLabel]: project },
    ...(ipam === undefined ? {} : { IPAM: { ...given({ Driver: ipam.driver, Options: ipam.options }), Config } }),
  };
}
