import { describe, expect, it } from "vitest";
import { endpointOf, endpointsOf, trustOf } from "../../../../src/registry/client/endpoint.js";
import { registrySettings, type RegistrySettings } from "../../../../src/registry/client/settings.js";

const verified = { plain: false, verify: true, ca: undefined };
const open = { plain: true, verify: false, ca: undefined };

describe("endpointOf", () => {
  it.each(["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "Docker.IO"])(
    "%s is Docker Hub",
    (name) => {
      expect(endpointOf(name, {})).toEqual({
        registry: "docker.io",
        host: "registry-1.docker.io",
        account: "docker.io",
        schemes: ["https"],
        trust: verified,
      });
    },
  );

  it.each<[string, RegistrySettings, string[], object]>([
    ["ghcr.io", {}, ["https"], verified],
    ["127.0.0.1:5000", {}, ["http", "https"], open],
    ["127.9.9.9", {}, ["http", "https"], open],
    ["localhost:5000", {}, ["http", "https"], open],
    ["[::1]:5000", {}, ["http", "https"], open],
    ["127.0.0.1.example.com", {}, ["https"], verified],
    ["localhost.example.com", {}, ["https"], verified],
    ["127.0.0.1:5000", { "127.0.0.1:5000": { insecure: false } }, ["https"], verified],
    ["127.0.0.1:5000", { "127.0.0.1:5000": { ca: "/ca" } }, ["https"], { ...verified, ca: "/ca" }],
    ["reg.lan:5000", { "REG.lan:5000": { insecure: true } }, ["https", "http"], open],
    ["reg.lan", { "reg.lan:5000": { insecure: true } }, ["https"], verified],
    ["reg.corp", { "reg.corp": { ca: "/ca" } }, ["https"], { ...verified, ca: "/ca" }],
  ])("%s with %j", (name, settings, schemes, trust) => {
    expect(endpointOf(name, settings)).toMatchObject({ schemes, trust, account: name });
  });

  it.each<[RegistrySettings, object]>([
    [
      { "docker.io": { mirror: "http://10.0.0.1:5000" } },
      { host: "10.0.0.1:5000", schemes: ["http"], trust: { plain: true } },
    ],
    [{ "docker.io": { mirror: "https://m.corp" } }, { host: "m.corp", schemes: ["https"], trust: verified }],
    [{ "docker.io": { mirror: "https://m.corp", ca: "/ca" } }, { trust: { ...verified, ca: "/ca" } }],
    [{ "docker.io": { mirror: "https://m.corp" }, "m.corp": { ca: "/own" } }, { trust: { ...verified, ca: "/own" } }],
    [{ "index.docker.io": { mirror: "https://m.corp", insecure: true } }, { schemes: ["https"], trust: open }],
  ])("mirrors: %j", (settings, expected) => {
    const endpoint = endpointOf("docker.io", settings);
    expect(endpoint).toMatchObject({ registry: "docker.io", ...expected });
    expect(endpoint.account).toBe(endpoint.host);
  });
});

describe("endpointsOf", () => {
  const settings = {
    "docker.io": {
      mirrors: [
        "https://m.corp",
        { url: "http://10.0.0.1:5000", resolve: true },
        { url: "https://late.corp", resolve: false },
      ],
      ca: "/hub",
    },
    "m.corp": { ca: "/own" },
  };
  const hostsOf = (asked: "tags" | "contents", name = "docker.io") =>
    endpointsOf(name, settings, asked).map(({ host }) => host);

  it("are the mirrors as written and the registry at last, and for what moves only mirrors that may resolve", () => {
    expect(hostsOf("contents")).toEqual(["m.corp", "10.0.0.1:5000", "late.corp", "registry-1.docker.io"]);
    expect(hostsOf("tags")).toEqual(["10.0.0.1:5000", "registry-1.docker.io"]);
    expect(hostsOf("contents", "ghcr.io")).toEqual(["ghcr.io"]);
  });

  it("have each their own account, scheme and trust", () => {
    expect(endpointsOf("docker.io", settings, "contents")).toMatchObject([
      { registry: "docker.io", account: "m.corp", schemes: ["https"], trust: { ca: "/own" } },
      { registry: "docker.io", account: "10.0.0.1:5000", schemes: ["http"], trust: { plain: true } },
      { registry: "docker.io", account: "late.corp", schemes: ["https"], trust: { ca: "/hub" } },
      { registry: "docker.io", account: "docker.io", schemes: ["https"], trust: { ca: "/hub" } },
    ]);
  });

  it("are the one mirror alone where it stands in place of the registry", () => {
    const replaced = { "docker.io": { mirror: "https://m.corp" } };
    expect(endpointsOf("docker.io", replaced, "contents").map(({ host }) => host)).toEqual(["m.corp"]);
  });
});

describe("trustOf another host", () => {
  it.each<[RegistrySettings, object]>([
    [{ "reg.corp": { ca: "/ca" } }, { ca: "/ca" }],
    [{ "reg.corp": { ca: "/ca" }, "token.corp": { ca: "/other" } }, { ca: "/other" }],
    [{ "reg.corp": { ca: "/ca" }, "token.corp": { insecure: true } }, open],
    [{}, verified],
  ])("%j", (settings, expected) => {
    expect(trustOf("token.corp", endpointOf("reg.corp", settings), settings)).toMatchObject(expected);
  });
});

describe("registrySettings", () => {
  it("takes what the documentation shows", () => {
    const settings = {
      "docker.io": { mirror: "http://127.0.0.1:5000" },
      "reg.lan:5000": { insecure: true },
      "reg.corp": { ca: "/path" },
      "[::1]:5000": {},
      "ghcr.io": { mirrors: ["https://m1.lan", { url: "https://m2.lan", resolve: true }] },
    };
    expect(registrySettings.parse(settings)).toEqual(settings);
  });

  it.each([
    { "https://reg.lan": {} },
    { "reg.lan/path": {} },
    { "reg.lan": { mirror: "127.0.0.1:5000" } },
    { "reg.lan": { mirror: "http://m.corp/path" } },
    { "reg.lan": { mirror: "http://bob:pw@m.corp" } },
    { "reg.lan": { mirror: "ftp://m.corp" } },
    { "reg.lan": { insecure: "yes" } },
    { "reg.lan": { insecure: true, ca: "/ca" } },
    { "reg.lan": { ca: "" } },
    { "reg.lan": { mirrors: [] } },
    { "reg.lan": { mirrors: "https://m.lan" } },
    { "reg.lan": { mirrors: ["m.lan"] } },
    { "reg.lan": { mirrors: [{ url: "https://m.lan/path" }] } },
    { "reg.lan": { mirrors: [{ resolve: true }] } },
    { "reg.lan": { mirrors: [{ url: "https://m.lan", resolves: true }] } },
    { "reg.lan": { mirrors: ["https://m.lan", { url: "http://M.lan:443" }, { url: "https://m.lan:443" }] } },
    { "reg.lan": { mirror: "https://m.lan", mirrors: ["https://n.lan"] } },
  ])("refuses %j", (settings) => {
    expect(registrySettings.safeParse(settings).success).toBe(false);
  });
});
