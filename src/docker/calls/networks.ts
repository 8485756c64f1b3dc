import type { Ipam } from "../../compose/model/network.js";
import { FairleadError } from "../../errors.js";
import type { Endpoint, StepOf } from "../../plan/model/step.js";
import { listedNetworks } from "../client/answers.js";
import type { Connection } from "../client/connection.js";
import { networkPath, shortId } from "../client/ids.js";
import { Refusal } from "../client/refusal.js";
import type { InspectedContainer, ListedNetwork } from "../client/schema.js";
import { isOlder } from "../client/version.js";
import { endpointBody } from "../create/endpoint-body.js";
import { networkLabels } from "../create/labels.js";
import { isLeftBehind, observe } from "../read/observation.js";
import { contested, inspectContainer } from "./containers.js";

export async function listNetworks(connection: Connection): Promise<readonly ListedNetwork[]> {
  const call = { method: "GET", path: "/networks", task: "list networks" } as const;
  return (await connection.ask(call, listedNetworks)) as readonly ListedNetwork[];
}

/** Old engines would make a second network of the same name unless asked to look. */
export async function createNetwork(
  connection: Connection,
  { network, project }: StepOf<"create-network">,
): Promise<void> {
  if (network.enableIpv4 === false && isOlder(await connection.version(), "1.48")) {
    throw new FairleadError(
      "EngineRefused",
      `cannot create network ${network.name}: this engine cannot do without IPv4`,
      {
        remedy: "update Docker to 28 or newer, or remove `enable_ipv4`",
        retry: "never",
      },
    );
  }
  const body = {
    Name: network.name,
    CheckDuplicate: true,
    ...(network.driver === undefined ? {} : { Driver: network.driver }),
    Options: network.driverOpts,
    Internal: network.internal,
    Attachable: network.attachable ?? false,
    ...(network.enableIpv4 === undefined ? {} : { EnableIPv4: network.enableIpv4 }),
    ...(network.enableIpv6 === undefined ? {} : { EnableIPv6: network.enableIpv6 }),
    ...(network.ipam === undefined ? {} : { IPAM: ipamBody(network.ipam) }),
    Labels: networkLabels(network, project),
  };
  try {
    await connection.tell({ method: "POST", path: "/networks/create", body, task: `create network ${network.name}` });
  } catch (error) {
    if (!(error instanceof Refusal) || !isThere(error)) throw error;
  }
}

/** Podman says 500. */
function isThere({ status, message }: Refusal): boolean {
  return status === 409 || (status === 500 && /network already exists/i.test(message));
}

function ipamBody({ driver, options, config }: Ipam): object {
  return {
    ...(driver === undefined ? {} : { Driver: driver }),
    ...(options === undefined ? {} : { Options: options }),
    Config: config.map(({ subnet, ipRange, gateway, auxAddresses }) => ({
      ...(subnet === undefined ? {} : { Subnet: subnet }),
      ...(ipRange === undefined ? {} : { IPRange: ipRange }),
      ...(gateway === undefined ? {} : { Gateway: gateway }),
      ...(auxAddresses === undefined ? {} : { AuxiliaryAddresses: auxAddresses }),
    })),
  };
}

/** One that is gone is success. The engine refuses while anything runs on it. */
export async function removeNetwork(connection: Connection, id: string): Promise<void> {
  const task = `remove network ${shortId(id)}`;
  try {
    await connection.tell({ method: "DELETE", path: networkPath(id, ""), task });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 404) return;
    if (!/active endpoints|network is being used/i.test(error.message)) throw error;
    throw new FairleadError("EngineRefused", `cannot ${task}: a container has joined it meanwhile`, { cause: error });
  }
}

/** Already connected under these names is success; under others it is refused, for names can only be given on joining. */
export async function connectNetwork(
  connection: Connection,
  container: string,
  { network, aliases, settings }: Endpoint,
): Promise<void> {
  const task = `connect container ${shortId(container)} to network ${network}`;
  // An old engine overwrites the names of a container that does not run, and refuses those of one that does: ask first.
  const inspected = await inspectContainer(connection, container);
  if (inspected !== undefined && isLeftBehind(inspected, network))
    await disconnectNetwork(connection, container, network);
  const joined = endpointNames(inspected, network);
  if (joined !== undefined) {
    if (aliases.every((alias) => joined.includes(alias)) && joined.every((alias) => aliases.includes(alias))) return;
    throw new Refusal(task, 403, "it is connected under other names");
  }
  const body = { Container: container, EndpointConfig: endpointBody(aliases, settings) };
  try {
    await connection.tell({ method: "POST", path: networkPath(network, "/connect"), body, task });
  } catch (error) {
    throw error instanceof Refusal ? (contested(error) ?? missingNetwork(error, network)) : error;
  }
}

function endpointNames(inspected: InspectedContainer | undefined, network: string): readonly string[] | undefined {
  const observed = inspected === undefined ? undefined : observe(inspected);
  return observed?.networks.find((endpoint) => endpoint.network === network)?.aliases;
}

function missingNetwork(error: Refusal, network: string): unknown {
  if (error.status !== 404 || /no such container/i.test(error.message)) return error;
  return new FairleadError("EngineRefused", `cannot ${error.task}: ${error.message}`, {
    remedy: `create the network (docker network create ${network}), or correct its name in the file`,
  });
}

/** Not connected is success, and so is a network that is gone. */
export async function disconnectNetwork(connection: Connection, container: string, network: string): Promise<void> {
  const task = `disconnect container ${shortId(container)} from network ${network}`;
  const body = { Container: container, Force: false };
  try {
    await connection.tell({ method: "POST", path: networkPath(network, "/disconnect"), body, task });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const apart = /is not connected to/i.test(error.message);
    const gone = error.status === 404 && !/no such container/i.test(error.message);
    if (!apart && !gone) throw error;
  }
}
