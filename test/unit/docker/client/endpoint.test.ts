import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { resolveEndpoint } from "../../../../src/docker/client/endpoint.js";

describe("the engine's address", () => {
  it.each([
    [undefined, false, "unix:///var/run/docker.sock", { socketPath: "/var/run/docker.sock", host: undefined }],
    ["", false, "unix:///var/run/docker.sock", { socketPath: "/var/run/docker.sock" }],
    ["unix:///tmp/a%20b.sock", false, "unix:///tmp/a b.sock", { socketPath: "/tmp/a b.sock" }],
    ["tcp://10.0.0.1:2375", false, "tcp://10.0.0.1:2375", { host: "10.0.0.1", port: "2375", protocol: "http" }],
    ["tcp://engine", true, "tcp://engine:2376", { port: "2376", protocol: "https" }],
    ["http://proxy:2375/", true, "http://proxy:2375", { protocol: "http" }],
    ["https://engine:443", false, "https://engine:443", { port: "443", protocol: "https" }],
    ["tcp://[::1]:2375", false, "tcp://[::1]:2375", { host: "::1" }],
    ["https://engine", false, "https://engine:2376", { port: "2376" }],
    ["tcp://user:secret@engine:2375", false, "tcp://engine:2375", { host: "engine" }],
  ])("%s (TLS: %s) is %s", (host, tlsVerify, name, client) => {
    const endpoint = resolveEndpoint({ host, tlsVerify });
    expect(endpoint.name).toBe(name);
    expect(endpoint.client).toMatchObject(client);
  });

  it.each(["unix:///a.sock", "tcp://engine:2375", "https://engine"])("%s: costs nothing to describe", (host) => {
    const { client } = resolveEndpoint({ host });
    expect(inspect(client, { showHidden: true, depth: null }).length).toBeLessThan(500);
  });

  it.each(["ssh://host", "engine:2375", "ftp://engine", "unix://relative.sock", "unix:///", "not an address"])(
    "cannot be %s",
    (host) => {
      const attempt = () => resolveEndpoint({ host });
      expect(attempt).toThrow(expect.objectContaining({ code: "ConfigInvalid", remedy: expect.any(String) as string }));
    },
  );

  it("needs its certificates where a folder is named", () => {
    const attempt = () => resolveEndpoint({ host: "tcp://engine:2376", tlsVerify: true, certPath: "/nowhere" });
    expect(attempt).toThrow(/\/nowhere\/ca\.pem/);
  });
});
