import { describe, expect, it } from "vitest";
import { specHash } from "../../../../src/compose/model/hash.js";
import type { NetworkAttachment } from "../../../../src/compose/model/network.js";
import { complaints, readService, serviceOf } from "../read.js";

const read = (lines: string) => readService(lines, {}, "networks: {a: , b: , c: {name: zero}}");
const mac = "02:42:ac:11:65:43";

describe("the networks of a service", () => {
  it.each<[string, string[]]>([
    ["networks: [c, b, a]", ["a", "b", "c"]],
    ["networks: {b: , a: {priority: 1}, c: {priority: '9'}}", ["c 9", "a 1", "b"]],
    ["networks: {a: {priority: -1}, b: , c: {priority: 0}}", ["b", "c", "a -1"]],
    ["networks: {b: {aliases: [x, x, web]}}", ["b web x"]],
    [`mac_address: ${mac}`, [`default {"macAddress":"${mac}"}`]],
    [`networks: [b, a]\nmac_address: ${mac}`, [`a {"macAddress":"${mac}"}`, "b"]],
    [
      `networks: {a: {mac_address: "${mac}", ipv4_address: 10.0.0.2}}\nmac_address: ${mac}`,
      [`a {"ipv4Address":"10.0.0.2","macAddress":"${mac}"}`],
    ],
    [
      "networks: {a: {ipv6_address: 'fd00::2', link_local_ips: [169.254.0.1], gw_priority: -3}}",
      ['a {"ipv6Address":"fd00::2","linkLocalIps":["169.254.0.1"],"gatewayPriority":-3}'],
    ],
    [
      "networks: {a: {driver_opts: {mtu: 9000}, interface_name: eth9}}",
      ['a {"driverOpts":{"mtu":"9000","com.docker.network.endpoint.ifname":"eth9"}}'],
    ],
    ["networks: {a: {}}", ["a"]],
  ])("%s are joined by priority, then by name", (lines, expected) => {
    expect(serviceOf(read(lines)).networks.map(show)).toEqual(expected);
  });

  it.each([
    [`networks: {a: , b: {mac_address: "${mac}"}}`, "only the network that is joined first can have a MAC address"],
    [
      `networks: {a: {mac_address: "${mac}"}}\nmac_address: 02:42:ac:11:65:44`,
      "differs from the one of the network that is joined first",
    ],
    ["mac_address: 02:42:ac:11:65", '"02:42:ac:11:65" is not a MAC address'],
    ["networks: {a: {ipv4_address: 'fd00::2'}}", '"fd00::2" is not an IPv4 address'],
    ["networks: {a: {ipv6_address: 10.0.0.2}}", '"10.0.0.2" is not an IPv6 address'],
    ["networks: {a: {link_local_ips: [here]}}", '"here" is not an IP address'],
    ["networks: {a: {priority: high}}", '"high" is not a whole number'],
    ["networks: {a: {gw_priority: 1.5}}", "must be a whole number"],
    ["networks: {a: {interface_name: a/b}}", '"a/b" is not the name of an interface'],
    ["networks: {a: {interface_name: sixteen-letters-}}", '"sixteen-letters-" is not the name of an interface'],
    [
      "networks: {a: {interface_name: eth1, driver_opts: {com.docker.network.endpoint.ifname: eth2}}}",
      "differs from `com.docker.network.endpoint.ifname` in `driver_opts`",
    ],
  ])("%s is refused", (lines, complaint) => {
    expect(complaints(read(lines))).toEqual([complaint]);
  });

  it("need a new container when their order or an address changes", () => {
    const hash = (lines: string) => specHash(serviceOf(read(lines)));
    const plain = hash("networks: {a: , b: }");
    expect(hash("networks: [b, a]")).toBe(plain);
    expect(hash("networks: {a: {priority: 0}, b: }")).toBe(plain);
    expect(hash("networks: {a: , b: {priority: 1}}")).not.toBe(plain);
    expect(hash("networks: {a: {ipv4_address: 10.0.0.2}, b: }")).not.toBe(plain);
    expect(hash(`networks: [a, b]\nmac_address: ${mac}`)).not.toBe(plain);
  });
});

function show({ network, aliases, priority, settings }: NetworkAttachment): string {
  const names = aliases.length === 1 ? [] : aliases;
  const rest = [priority, settings].filter((part) => part !== undefined).map((part) => JSON.stringify(part));
  return [network.key, ...names, ...rest].join(" ");
}
