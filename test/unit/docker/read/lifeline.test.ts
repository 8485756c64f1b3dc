import { describe, expect, it } from "vitest";
import type { ListedContainer } from "../../../../src/docker/client/schema.js";
import { lifelineOf } from "../../../../src/docker/read/lifeline.js";
import type { Standing } from "../../../../src/docker/read/lifeline.js";
import { containerIn } from "../../plan/world.js";

const own = "a".repeat(64);
const proxy = containerIn("active", "a", 1, {
  id: "b".repeat(64),
  name: "home-socket-proxy-1",
  networks: [{ network: "home_engine", aliases: ["socket-proxy"] }],
  location: { kind: "networks", addresses: [{ networkId: "n", network: "home_engine", address: "172.20.0.2" }] },
});

function listed(network: string, mode = network, ports: ListedContainer["Ports"] = []): readonly ListedContainer[] {
  return [
    { Id: own, NetworkSettings: { Networks: { [network]: {} } }, HostConfig: { NetworkMode: mode } },
    { Id: proxy.id, Ports: ports },
  ];
}

function standing(host: string, from: string | undefined = own): Standing {
  return { own: from, remote: { host, port: "2375" } };
}

describe("what a controller cannot do without", () => {
  it("is its own container", () => {
    const here = { own: proxy.id, remote: undefined };
    expect(lifelineOf(proxy, [], here)).toBe("controller");
    expect(lifelineOf(proxy, [], { own: undefined, remote: undefined })).toBeUndefined();
  });

  it.each(["socket-proxy", "home-socket-proxy-1", "b".repeat(12), "172.20.0.2"])(
    "is the container that DOCKER_HOST names, as %s",
    (host) => {
      expect(lifelineOf(proxy, listed("home_engine"), standing(host))).toBe("line");
    },
  );

  it("is none of that name on a network of others", () => {
    expect(lifelineOf(proxy, listed("other_engine"), standing("socket-proxy"))).toBeUndefined();
    expect(lifelineOf(proxy, listed("home_engine"), standing("another"))).toBeUndefined();
  });

  it("is whatever publishes the port of this host that DOCKER_HOST names", () => {
    const open = listed("x", "x", [{ PublicPort: 2375 }]);
    expect(lifelineOf(proxy, open, standing("127.0.0.1", undefined))).toBe("line");
    expect(lifelineOf(proxy, open, standing("localhost"))).toBe("line");
    expect(lifelineOf(proxy, open, standing("198.51.100.7"))).toBeUndefined();
    expect(lifelineOf(proxy, listed("x", "x", [{ PublicPort: 80 }]), standing("127.0.0.1"))).toBeUndefined();
  });

  it("is whatever lends it the network over which it reaches the engine", () => {
    const shared = listed("none", `container:${proxy.id}`);
    expect(lifelineOf(proxy, shared, standing("198.51.100.7"))).toBe("line");
    expect(lifelineOf(proxy, shared, { own, remote: undefined })).toBeUndefined();
  });
});
