import { describe, expect, it } from "vitest";
import { ageIn, fingerprint, foreignOf, healthIn, namesOf } from "../../../../src/docker/read/listing.js";

describe("a listed container", () => {
  it.each([
    ["Up 3 seconds (health: starting)", "starting"],
    ["Up About a minute (healthy)", "healthy"],
    ["Up 2 hours (unhealthy)", "unhealthy"],
    ["Up 2 hours", "none"],
    ["Exited (0) 2 hours ago", "none"],
    ["", "none"],
  ])("has its health in %j", (status, health) => {
    expect(healthIn(status)).toBe(health);
  });

  it.each([
    ["Up Less than a second", 0],
    ["Up 1 second", 1],
    ["Up 45 seconds (healthy)", 45],
    ["Up About a minute", 60],
    ["Exited (137) 5 minutes ago", 300],
    ["Up About an hour", 3600],
    ["Exited (0) 3 weeks ago", 1_814_400],
    ["Created", undefined],
    ["Restarting (1) 2 seconds ago", 2],
  ])("has its age in %j", (status, age) => {
    expect(ageIn(status)).toBe(age);
  });

  it.each([
    ["running", 1],
    ["paused", 1],
    ["created", 0],
    ["exited", 0],
  ])("that is %s has %d of the ports that a list shows of it", (State, count) => {
    const Ports = [{ IP: "127.0.0.1", PrivatePort: 80, PublicPort: 8080, Type: "tcp" }];
    const { ports = [] } = foreignOf({ Id: "x", Names: ["/a"], State, Status: "", Created: 5, Ports });
    expect(ports).toHaveLength(count);
  });

  it("is the same as long as nothing but its age changes", () => {
    const listed = { Id: "x", Names: ["/a"], State: "running", Status: "Up 3 seconds (healthy)", Created: 5 };
    expect(fingerprint({ ...listed, Status: "Up 2 hours (healthy)" })).toBe(fingerprint(listed));
    const networks = (names: string[]) => ({ Networks: Object.fromEntries(names.map((name) => [name, {}])) });
    expect(fingerprint({ ...listed, NetworkSettings: networks(["b", "a"]) })).toBe(
      fingerprint({ ...listed, NetworkSettings: networks(["a", "b"]) }),
    );
    const changes = [
      { Names: ["/b"] },
      { State: "exited" },
      { Status: "Up 3 seconds (unhealthy)" },
      { Created: 6 },
      { NetworkSettings: networks(["a"]) },
    ];
    for (const change of changes) expect(fingerprint({ ...listed, ...change })).not.toBe(fingerprint(listed));
  });

  it("keeps its own names and not those of links", () => {
    expect(namesOf({ Id: "x", Names: ["/web", "/other/alias"] })).toEqual(["web"]);
    expect(namesOf({ Id: "x", Names: null })).toEqual([]);
  });
});
