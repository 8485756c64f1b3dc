import { describe, expect, it } from "vitest";
import { formatYaml } from "../../../../src/compose/document/yaml/yaml.js";
import { specHash } from "../../../../src/compose/model/hash.js";
import { unclustered } from "../../../../src/policy/unclustered.js";
import { judge } from "../../../../src/policy/judge.js";
import { strictest } from "../../../../src/policy/model/permissions.js";
import { host } from "../../policy/asked.js";
import { specOf } from "../../plan/world.js";
import { readForSwarm, specIn, told, webOf } from "./read.js";

const lines = `
ports: [{target: 80, published: 80, mode: host}]
volumes: ["/srv/a:/a"]
tmpfs: /run:size=1m
secrets: [s]
restart: always
deploy:
  replicas: 3
  placement: {constraints: ["node.hostname == one"]}
  update_config: {order: start-first, parallelism: 2, delay: 1s, monitor: 9s, failure_action: pause, max_failure_ratio: 0.5}
  rollback_config: {parallelism: 0}
x-fairlead:
  before: [{command: migrate}]
  on_rollback: [{command: restore}]
  min_age: 1h
  promote: [{tag: stable}]
`.trim();
const secrets = "secrets: {s: {environment: TOKEN}}";

describe("a service as the planner sees it", () => {
  const spec = specIn(webOf(lines, secrets));

  it("is one container that needs nothing of a host", () => {
    expect(spec.container).toMatchObject({ ports: [], mounts: [], restart: { name: "no" } });
    expect([spec.container.tmpfs, spec.volumes, spec.files, spec.replicas, spec.containerName]).toEqual([
      undefined,
      [],
      undefined,
      undefined,
      undefined,
    ]);
    expect(spec.update).toEqual({
      ...{ order: "start-first", monitorMs: 9_000, failureAction: "pause", failureActionGiven: true },
    });
    expect(spec.rollback).toEqual({ order: "start-first", monitorMs: 5_000, failureAction: "pause" });
  });

  it("keeps what the controller does itself", () => {
    expect(spec).toMatchObject({
      before: [{ command: ["migrate"] }],
      onRollback: [{ command: ["restore"] }],
      release: { minAgeMs: 3_600_000 },
      promote: [{ tag: "stable" }],
    });
    expect(spec.networks.map(({ network, aliases }) => [network.name, network.driver, aliases])).toEqual([
      ["shop_default", "overlay", []],
    ]);
    expect(spec.cluster.aliases).toEqual({ shop_default: ["web"] });
  });

  it("and the Swarm gets the rest", () => {
    const { cluster } = spec;
    expect(cluster).toMatchObject({
      ...{ mode: "replicated", replicas: 3, restart: { condition: "any" } },
      ports: [{ containerPort: 80, publishedPort: 80, protocol: "tcp", mode: "host" }],
      mounts: [
        { type: "bind", source: "/srv/a" },
        { type: "tmpfs", target: "/run", tmpfs: { sizeBytes: 1_048_576 } },
      ],
      update: { order: "stop-first", parallelism: 2, delayMs: 1_000, monitorMs: 9_000, maxFailureRatio: 0.5 },
      rollback: { order: "stop-first", parallelism: 0, delayMs: 0, monitorMs: 5_000, maxFailureRatio: 0 },
    });
    expect(cluster.files).toMatchObject([{ kind: "secret", key: "s", path: "/run/secrets/s" }]);
    expect(JSON.stringify(spec)).not.toContain("hunter2");
  });

  it("is another one with another content, and another placement, and not with another update", () => {
    const hash = (change: (text: string) => string) => specHash(specIn(webOf(change(lines), secrets)));
    const same = hash((text) => text);
    expect(hash((text) => text.replace("delay: 1s", "delay: 2s"))).toBe(same);
    expect(hash((text) => text.replace("replicas: 3", "replicas: 4"))).not.toBe(same);
    expect(hash((text) => text.replace("== one", "== two"))).not.toBe(same);
    expect(hash((text) => text.replace("[s]", "[{source: s, mode: '0400'}]"))).not.toBe(same);
    const content = (text: string) => specHash(specIn(webOf("configs: [c]", `configs: {c: {content: ${text}}}`)));
    expect(content("a")).not.toBe(content("b"));
  });
});

describe("the order of an update", () => {
  it.each([
    ["labels: {}", "start-first"],
    ["ports: ['80:80']", "start-first"],
    ["ports: [{target: 80, mode: host}]", "start-first"],
    ["ports: [{target: 80, published: 80, mode: host}]", "stop-first"],
    ["network_mode: host", "stop-first"],
    ["volumes: ['/var/log/a:/a']", "stop-first"],
    ["volumes: ['/var/log/a:/a:ro']", "start-first"],
    ["volumes: ['/var/log/a:/a']\ndeploy: {update_config: {order: start-first}}", "start-first"],
    ["deploy: {update_config: {order: stop-first}}", "stop-first"],
    ["x-fairlead: {on_rollback: [{command: a}]}", "stop-first"],
  ])("of %s is %s", (text, order) => {
    expect(specIn(webOf(text)).cluster.update.order).toBe(order);
  });
});

describe("how a service ends", () => {
  it.each([
    ["labels: {}", "replicated", { condition: "any" }],
    ["restart: 'no'", "replicated", { condition: "none" }],
    ["restart: unless-stopped", "replicated", { condition: "any" }],
    ["restart: on-failure:3", "replicated", { condition: "on-failure", maxAttempts: 3 }],
    ["deploy: {restart_policy: {}}", "replicated", { condition: "any" }],
    [
      "deploy: {restart_policy: {condition: any, max_attempts: 2, delay: 1s, window: 1m}}",
      "replicated",
      { condition: "any", maxAttempts: 2, delayMs: 1_000, windowMs: 60_000 },
    ],
    ["deploy: {mode: replicated-job}", "replicated-job", { condition: "none" }],
    ["deploy: {mode: global-job}\nrestart: on-failure", "global-job", { condition: "on-failure" }],
  ])("%s", (text, mode, restart) => {
    const { cluster, oneShot } = specIn(webOf(text));
    expect({ mode: cluster.mode, restart: cluster.restart }).toEqual({ mode, restart });
    expect(oneShot === true).toBe(mode.endsWith("-job"));
  });

  it("as a job where another one waits for its end", () => {
    const text = `services:
  a: {image: x}
  b: {image: x, depends_on: {a: {condition: service_completed_successfully}}}
`;
    expect(specIn(readForSwarm(text))).toMatchObject({ oneShot: true, cluster: { mode: "replicated-job" } });
  });
});

describe("the network of the nodes", () => {
  const declared =
    "services:\n  web: {image: x, networks: [outside]}\nnetworks: {outside: {external: true, name: host}}\n";

  it.each([
    ["named as a mode", webOf("network_mode: host")],
    ["declared as an external one", readForSwarm(declared)],
  ])("%s is no network of the project", (_, result) => {
    const { networks, networkMode, cluster } = specIn(result);
    expect([networks, networkMode, cluster.network]).toEqual([[], undefined, "host"]);
  });
});

describe("configs and secrets", () => {
  const files = (content: string | undefined) =>
    webOf(
      "configs: [c]",
      "configs: {c: {file: ./c.conf, labels: {a: b}}}",
      content === undefined ? {} : { "c.conf": content },
    );

  it("come with the content of their files, which no node has", () => {
    const { cluster, container } = specIn(files("hello"));
    expect(container.mounts).toEqual([]);
    expect(cluster.files).toMatchObject([{ kind: "config", key: "c", path: "/c", labels: { a: "b" }, mode: 0o444 }]);
    const [file] = cluster.files;
    expect(file !== undefined && "content" in file ? file.content.reveal() : "").toBe("hello");
  });

  it("are told where their file is missing, or too large", () => {
    expect(told(files(undefined))).toEqual([
      'services.yaml:5:15: services.web.configs[0]: the file of "c" cannot be read (ENOENT) (write the file, or name another one)',
    ]);
    expect(told(files("x".repeat(500_001)))).toEqual([
      "services.yaml:5:15: services.web.configs[0]: a config or secret of a Swarm has 500000 bytes at most, and this one has 500001 (put it into the image, or into a volume)",
    ]);
    expect(told(files("x".repeat(500_000)))).toEqual([]);
  });

  it("may be the Swarm's own", () => {
    const { cluster } = specIn(webOf("secrets: [{source: s, target: t}]", "secrets: {s: {external: true, name: old}}"));
    expect(cluster.files).toEqual([
      { kind: "secret", stored: "old", origin: "secrets.s", path: "/run/secrets/t", mode: 0o444, uid: 0, gid: 0 },
    ]);
    const both = webOf("secrets: [s]", "secrets: {s: {external: true, file: ./a}}");
    expect(told(both)).toEqual([expect.stringContaining("secrets.s.file: says how to create what is external")]);
  });

  it("may be written, read only as the rest is", () => {
    expect(specIn(webOf("read_only: true\nconfigs: [c]", "configs: {c: {content: a}}")).cluster.files).toHaveLength(1);
  });
});

describe("what a file asks of hosts", () => {
  const text = "volumes: ['/etc:/a']\nports: [{target: 80, published: 80}]\ndeploy: {mode: global}";

  it("is put back for who judges it", () => {
    const spec = specIn(webOf(text));
    expect(unclustered(spec).container).toMatchObject({ ports: [{ hostPort: 80 }], mounts: [{ source: "/etc" }] });
    expect(unclustered(specIn(webOf("network_mode: host"))).networkMode).toEqual({ kind: "host" });
    expect(unclustered(specOf())).toEqual(specOf());
  });

  it("is refused by the policy as on one host", () => {
    const result = webOf(text);
    const findings = result.ok ? judge(result.project, strictest, host) : [];
    expect(findings.map(({ message }) => message)).toEqual([expect.stringContaining("/etc")]);
  });
});

it("is printed as one file that is read as the same", () => {
  const text = `
name: shop
services:
  web:
    image: nginx
    hostname: "{{.Node.Hostname}}"
    configs: [c, old]
    deploy:
      endpoint_mode: dnsrr
      placement: {constraints: [node.role == worker], preferences: [{spread: node.labels.zone}], max_replicas_per_node: 1}
      restart_policy: {condition: any, delay: 3s, window: 1m, max_attempts: 2}
      resources: {reservations: {cpus: "0.5", generic_resources: [{discrete_resource_spec: {kind: gpu, value: 1}}]}}
configs: {c: {content: hi, labels: {a: b}}, old: {external: true}}
`;
  const result = readForSwarm(text);
  if (!result.ok) throw new Error(told(result).join("\n"));
  const again = readForSwarm(formatYaml(result.resolve()));
  expect(specHash(specIn(again))).toBe(specHash(specIn(result)));
});
