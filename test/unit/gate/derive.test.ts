import { describe, expect, it } from "vitest";
import { specHash } from "../../../src/compose/model/hash.js";
import type { ProjectSpec, ServiceSpec } from "../../../src/compose/model/service.js";
import { readProject } from "../../../src/compose/project/compose.js";
import { formatProblem } from "../../../src/compose/values/problem.js";
import { withGates } from "../../../src/gate/derive.js";
import { defaultGateImage } from "../../../src/gate/image.js";

function read(services: object, beside: object = {}): ProjectSpec {
  const text = JSON.stringify({ name: "shop", services, ...beside });
  const result = readProject({ file: "services.yaml", directory: "/srv/shop", text, environment: {} });
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join("\n"));
  return result.project;
}

function derived(services: object, beside: object = {}): (name: string) => ServiceSpec {
  const project = withGates(read(services, beside), defaultGateImage);
  return (name) => {
    const found = project.services.find((service) => service.name === name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  };
}

const web = {
  image: "nginx",
  ports: ["127.0.0.1:80:8080", "8443:8443"],
  expose: [9000],
  labels: { "traefik.enable": "true" },
  logging: { driver: "local" },
  "x-fairlead": { gate: "http" },
};

describe("a gate", () => {
  it("takes over the service's ports and names", () => {
    const service = derived({ web: { ...web, networks: { default: { aliases: ["shop"] } } } });
    const gate = service("web.gate");
    expect(gate.container.ports).toHaveLength(2);
    expect(gate.container.ports[0]).toMatchObject({ hostIp: "127.0.0.1", hostPort: 80, containerPort: 8080 });
    expect(gate.networks.map(({ aliases }) => aliases)).toEqual([["web", "shop"]]);
    expect(service("web").container.ports).toEqual([]);
    expect(service("web").networks.map(({ aliases }) => aliases)).toEqual([[]]);
    expect(gate).toMatchObject({ gateOf: "web", image: defaultGateImage, pullPolicy: { kind: "missing" } });
  });

  it("binds what is exposed too, and has none of the service's labels", () => {
    const { rewritable, container } = derived({ web })("web.gate");
    expect(
      rewritable?.files
        .at(-1)
        ?.content.reveal()
        .match(/^listen .*/gm),
    ).toEqual(["listen port8080", "listen port8443", "listen port9000"]);
    expect(Object.keys(container.labels)).toEqual(["fairlead.gate-layout"]);
    expect(container.logging).toEqual({ driver: "local" });
  });

  it("leaves fixed addresses to the service", () => {
    const networks = { default: { ipv4_address: "10.1.0.9", priority: 5 } };
    const beside = { networks: { default: { ipam: { config: [{ subnet: "10.1.0.0/24" }] } } } };
    const service = derived({ web: { ...web, networks } }, beside);
    expect(service("web").networks[0]?.settings).toEqual({ ipv4Address: "10.1.0.9" });
    expect(service("web.gate").networks[0]).not.toHaveProperty("settings");
    expect(service("web.gate").networks[0]).toMatchObject({ priority: 5 });
  });

  it("is one of its networks' members", () => {
    const service = derived({ web, other: { image: "nginx" } });
    const members = ["web", "web.gate", "other"];
    expect(service("web.gate").networks[0]?.network.members).toEqual(members);
    expect(service("other").networks[0]?.network.members).toEqual(members);
  });

  it("is waited for by those who need the service", () => {
    const service = derived({
      web,
      other: { image: "nginx", depends_on: { web: { condition: "service_started", required: false } } },
    });
    expect(service("other").dependsOn.map((one) => [one.service, one.condition, one.required])).toEqual([
      ["web", "service_started", false],
      ["web.gate", "service_started", false],
    ]);
  });

  it("finds its service on one network only", () => {
    const networks = { front: {}, back: {} };
    const service = derived({ web: { ...web, networks } }, { networks: { front: {}, back: {} } });
    const first = service("web").networks[0]?.network.name ?? "";
    expect(service("web.gate").rewritable?.files.at(-1)?.content.reveal()).toContain(
      `server slot1 shop-web-1.${first}:8080`,
    );
  });
});

describe("what a running gate need not be re-created for", () => {
  const hashOf = (changes: object, name = "web.gate") => specHash(derived({ web: { ...web, ...changes } })(name));
  const configOf = (changes: object) => derived({ web: { ...web, ...changes } })("web.gate").rewritable?.config;

  it("is the number of replicas, as long as there is room", () => {
    expect(hashOf({ scale: 8 })).toBe(hashOf({}));
    expect(configOf({ scale: 8 })).not.toBe(configOf({}));
    expect(hashOf({ scale: 9 })).not.toBe(hashOf({}));
  });

  it.each([
    ["the mode", { "x-fairlead": { gate: "tcp" } }],
    ["how long it holds", { "x-fairlead": { gate: { mode: "http", hold: "5s" } } }],
    ["the PROXY protocol", { "x-fairlead": { gate: { mode: "http", proxy_protocol: true } } }],
    ["an exposed port", { expose: [9001] }],
    ["a published port", { ports: ["81:8080", "8443:8443"] }],
  ])("is not %s", (_, changes) => {
    expect(hashOf(changes)).not.toBe(hashOf({}));
  });

  it("is the service's image, environment or healthcheck", () => {
    expect(hashOf({ image: "nginx:2", environment: { A: "1" }, healthcheck: { disable: true } })).toBe(hashOf({}));
  });
});

it("a project without gates stays as it is", () => {
  const project = read({ web: { image: "nginx", ports: ["80:80"] } });
  expect(withGates(project, defaultGateImage)).toBe(project);
});
