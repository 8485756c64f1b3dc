import { describe, expect, it } from "vitest";
import { describePort, resourcesOf, sameAddress, samePort } from "../../../../../src/plan/model/host/resources.js";
import type { HeldPort } from "../../../../../src/plan/model/host/resources.js";
import { defaultNetwork, specOf } from "../../world.js";

function port(text: string): HeldPort {
  const [, hostIp, hostPort, protocol = "tcp"] = /^(?:(.+)=)?(\d+)(?:\/(\w+))?$/.exec(text)!;
  return { hostPort: Number(hostPort), protocol: protocol as "tcp", ...(hostIp === undefined ? {} : { hostIp }) };
}

describe("two ports of the host", () => {
  it.each([
    ["80", "80", true],
    ["80", "81", false],
    ["80", "80/udp", false],
    ["80", "127.0.0.1=80", true],
    ["80", "::1=80", true],
    ["0.0.0.0=80", "127.0.0.1=80", true],
    ["0.0.0.0=80", "::=80", false],
    ["0.0.0.0=80", "::1=80", false],
    ["::=80", "::1=80", true],
    ["0:0::0=80", "::1=80", true],
    ["127.0.0.1=80", "127.0.0.2=80", false],
    ["::1=80", "0:0:0:0:0:0:0:1=80", true],
    ["FD00::A=80", "fd00::a=80", true],
    ["fd00::a=80", "fd00::b=80", false],
  ])("%s and %s are the same: %s", (one, other, isSame) => {
    expect(samePort(port(one), port(other))).toBe(isSame);
    expect(samePort(port(other), port(one))).toBe(isSame);
  });

  it("are named as a file writes them", () => {
    expect(["80", "0.0.0.0=80", "::1=53/udp"].map((text) => describePort(port(text)))).toEqual([
      "port 80",
      "port 0.0.0.0:80",
      "port [::1]:53/udp",
    ]);
  });
});

describe("two fixed addresses", () => {
  it.each([
    ["10.0.0.2", "10.0.0.2", true],
    ["10.0.0.2", "10.0.0.20", false],
    ["fd00::2", "FD00:0:0::2", true],
    ["nonsense:", "nonsense:", true],
  ])("%s and %s are the same: %s", (one, other, isSame) => {
    expect(sameAddress({ network: "lan", address: one }, { network: "lan", address: other })).toBe(isSame);
    expect(sameAddress({ network: "lan", address: one }, { network: "wan", address: other })).toBe(false);
  });
});

it("what a service is to have for itself is what its file fixes", () => {
  const common = { containerPort: 80, protocol: "tcp" } as const;
  const spec = specOf({
    container: {
      ports: [
        { ...common, hostIp: undefined, hostPort: 8080 },
        { ...common, hostIp: "127.0.0.1", hostPort: 8081 },
        { ...common, hostIp: undefined, hostPort: 8000, hostPortEnd: 8010 },
        { ...common, hostIp: undefined, hostPort: undefined },
        { ...common, hostIp: undefined, hostPort: 0 },
      ],
    },
    networks: [
      { network: defaultNetwork, aliases: [], settings: { ipv4Address: "10.0.0.2", ipv6Address: "fd00::2" } },
      { network: { ...defaultNetwork, name: "other" }, aliases: [] },
    ],
  });
  expect(resourcesOf(spec)).toEqual({
    ports: [
      { hostPort: 8080, protocol: "tcp" },
      { hostIp: "127.0.0.1", hostPort: 8081, protocol: "tcp" },
    ],
    addresses: [
      { network: "shop_default", address: "10.0.0.2" },
      { network: "shop_default", address: "fd00::2" },
    ],
  });
});
