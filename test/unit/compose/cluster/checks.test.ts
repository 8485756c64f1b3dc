import { describe, expect, it } from "vitest";
import { readProject } from "../../../../src/compose/project/compose.js";
import { surroundings } from "../read.js";
import { readForSwarm, specIn, told, webOf } from "./read.js";

/** Each is one line of a service, or several, and what is said of it. */
const refused: readonly (readonly [lines: string, ...said: string[]])[] = [
  ["container_name: ab", "5:5: services.web.container_name: not supported on a Swarm (remove it: "],
  ["build: .", "5:5: services.web.build: not supported on a Swarm (let a pipeline build and push the image"],
  ["privileged: true", "5:5: services.web.privileged: not supported on a Swarm (a Swarm runs nothing privileged"],
  ["devices: [/dev/fuse]", "5:5: services.web.devices: not supported on a Swarm (nodes announce what they have"],
  ["links: [db]", "5:5: services.web.links: not supported on a Swarm (remove it: services find each other"],
  ["volumes_from: [db]", "5:5: services.web.volumes_from: not supported on a Swarm (name the volumes under"],
  ["ipc: 'service:db'", "5:5: services.web.ipc: not supported on a Swarm (a Swarm gives each container one"],
  ["pid: host", "5:5: services.web.pid: not supported on a Swarm (a Swarm gives each container one"],
  ["shm_size: 64m", "5:5: services.web.shm_size: not supported on a Swarm (mount memory of that size"],
  ["pre_start: [{command: a}]", "5:5: services.web.pre_start: not supported on a Swarm (write a job under"],
  ["post_start: [{command: a}]", "5:5: services.web.post_start: not supported on a Swarm (let the image's own"],
  ["pre_stop: [{command: a}]", "5:5: services.web.pre_stop: not supported on a Swarm (let the process leave"],
  ["x-fairlead: {gate: http}", "5:18: services.web.x-fairlead.gate: not supported on a Swarm (remove it: "],
  ["x-fairlead: {probe: {tcp: {port: 1}}}", "5:18: services.web.x-fairlead.probe: not supported yet (write a `healthc"],
  ["x-fairlead: {reload: ignore}", "5:18: services.web.x-fairlead.reload: not supported on a Swarm (a changed"],
  ["x-fairlead: {drain: 5s}", "5:18: services.web.x-fairlead.drain: not supported on a Swarm (let the process"],
  [
    "networks: {default: {ipv4_address: 10.0.0.9}}",
    "5:26: services.web.networks.default.ipv4_address: not supported on a Swarm (a Swarm gives out addresses",
  ],
  [
    "ports: [{target: 80, host_ip: 127.0.0.1}]",
    "5:26: services.web.ports[0].host_ip: not supported on a Swarm (a Swarm publishes on every address",
  ],
  ["ports: ['127.0.0.1:80:80']", "5:13: services.web.ports[0]: a Swarm publishes on every address of a node (remove"],
  ["ports: ['8000-8009:80']", "5:13: services.web.ports[0]: a Swarm chooses from no range of yours (write one port"],
  ["network_mode: bridge", "5:19: services.web.network_mode: the bridge of one host joins no nodes (remove it"],
  ["network_mode: none", "5:19: services.web.network_mode: a Swarm runs nothing without a network (join one that is"],
  ["network_mode: 'container:a'", "5:19: services.web.network_mode: a Swarm lets no container into another one's"],
  ["pull_policy: missing", '5:18: services.web.pull_policy: "missing" asks for an image that a node may not have'],
  ["security_opt: ['apparmor=mine']", '5:20: services.web.security_opt[0]: a Swarm has no word for "apparmor=mine"'],
  ["security_opt: ['apparmor=$TOKEN']", "5:19: services.web.security_opt: a Swarm has no word for one of them (remove"],
  [
    "security_opt: ['systempaths=unconfined']",
    "5:19: services.web.security_opt: a Swarm has no word for unmasked paths",
  ],
  ["tmpfs: ['/run:uid=5']", '5:12: services.web.tmpfs: a Swarm has no word for some options of "/run" (write `size`'],
  ["volumes: ['/data']", "5:15: services.web.volumes[0]: each container on a Swarm gets a new volume where it has no"],
  ["volumes: ['./data:/data']", '5:15: services.web.volumes[0]: a node on which it comes to run may not have "/srv/s'],
  [
    "volumes: ['/srv/a:/a:z']",
    "5:15: services.web.volumes[0]: a Swarm labels no path",
    "5:15: services.web.volumes[0]: a n",
  ],
  [
    "volumes: [{type: volume, source: d, target: /d, volume: {subpath: x}}]",
    "5:62: services.web.volumes[0].volume.subpath: not supported on a Swarm (a Swarm mounts whole volumes",
  ],
  [
    "deploy: {endpoint_mode: dnsrr}\nports: ['80:80']",
    "5:29: services.web.deploy.endpoint_mode: the routing mesh needs an address of the service",
  ],
  [
    "deploy: {mode: global, replicas: 2}",
    "5:38: services.web.deploy.replicas: `mode: global` is one container on each node (remove `replicas`",
  ],
  [
    "deploy: {mode: global, placement: {max_replicas_per_node: 1}}",
    "5:39: services.web.deploy.placement: `mode: global` is one container on each node already (remove `max_repl",
  ],
  [
    "deploy: {placement: {constraints: ['node.role = manager']}}",
    '5:40: services.web.deploy.placement.constraints[0]: "node.role = manager" compares with `=` (write `==`',
  ],
  [
    "deploy: {placement: {constraints: ['node.zone == a']}}",
    '5:40: services.web.deploy.placement.constraints[0]: "node.zone == a" asks for nothing that a node has (',
  ],
  [
    "deploy: {placement: {preferences: [{}]}}",
    "5:40: services.web.deploy.placement.preferences[0]: `spread` is missing (write for example",
  ],
  [
    "deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}",
    "5:41: services.web.deploy.resources.reservations.devices: not supported on a Swarm (nodes announce",
  ],
  [
    "deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: gpu}}]}}}",
    "5:86: services.web.deploy.resources.reservations.generic_resources[0].discrete_resource_spec: `kind` and `value`",
  ],
];

const volumes = "volumes: {d: {}, logs: {driver_opts: {type: nfs, o: addr=nas, device: ':/logs'}}}";

describe("what a Swarm cannot do", () => {
  it("is told without what a variable holds", () => {
    expect(refused.flatMap(([lines]) => told(webOf(lines, volumes))).join()).not.toContain("hunter2");
  });

  it.each(refused)("%s", (lines, ...said) => {
    expect(told(webOf(lines, volumes))).toEqual(
      said.map((text) => expect.stringContaining(`services.yaml:${text}`) as unknown),
    );
  });

  it("and one host still does", () => {
    const others = [
      "build:",
      "links",
      "volumes_from",
      "ipc:",
      "deploy",
      "network_mode: 'c",
      "x-fairlead: {gate",
      "pre_s",
    ];
    const lines = refused.map(([line]) => line).filter((line) => !others.some((other) => line.startsWith(other)));
    const bad = lines.flatMap((line) => {
      const text = `name: shop\nservices:\n  web:\n    image: nginx\n${line.replace(/^/gm, "    ")}\n${volumes}\n`;
      const result = readProject({ ...surroundings, text, environment: { TOKEN: "hunter2" } });
      return result.ok ? [] : [line];
    });
    expect(bad).toEqual([]);
  });

  it("is told of networks that do not span the nodes", () => {
    expect(told(webOf("networks: [a]", "networks: {a: {driver: bridge}}"))).toEqual([
      expect.stringContaining(
        '6:24: networks.a.driver: a network of the driver "bridge" does not span the nodes (remov',
      ),
    ]);
  });

  it.each([
    ["a.b", "is none that a Swarm takes"],
    ["a-", "is none that a Swarm takes"],
    ["a".repeat(60), "is longer than 63 characters"],
  ])("is told of names that it does not take: %s", (name, message) => {
    expect(told(readForSwarm(`name: shop\nservices:\n  ${name}: {image: x}\n`))).toEqual([
      expect.stringMatching(new RegExp(`^services.yaml:3:3: .*: its name on a Swarm, "shop_${name}", ${message}`)),
    ]);
  });

  it("is told where two publish one port of all nodes, and not where each has it on nodes of its own", () => {
    const two = (mode: string) =>
      `services:\n  a: {image: x, ports: [{target: 80, published: 80, mode: ${mode}}]}\n  b: {image: x, ports: [{target: 80, published: 80, mode: host}]}\n`;
    expect(told(readForSwarm(two("ingress")))).toEqual([expect.stringContaining("host port 80/tcp is already")]);
    expect(told(readForSwarm(two("host")))).toEqual([]);
  });
});

it("a stack as people write it for `docker stack deploy` is taken as it is", () => {
  const text = `
version: "3.8"
services:
  proxy:
    image: traefik:v3
    command: [--providers.swarm=true]
    ports:
      - {target: 80, published: 80, protocol: tcp, mode: host}
      - "8080:8080"
    networks: [public]
    volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro"]
    secrets: [dns-token]
    deploy:
      mode: global
      placement: {constraints: [node.role == manager]}
      restart_policy: {condition: any, delay: 5s, max_attempts: 3, window: 120s}
      update_config: {parallelism: 1, delay: 10s, order: stop-first}
  app:
    image: acme/app:1.2
    networks: [public, internal]
    environment: [DB_PASSWORD_FILE=/run/secrets/db]
    secrets: [{source: db, uid: "999", gid: "999", mode: 0400}]
    configs: [{source: app.v3, target: /etc/app.yml}]
    healthcheck: {test: ["CMD", "curl", "-f", "http://localhost/"], interval: 10s}
    logging: {driver: json-file, options: {max-size: 10m}}
    deploy:
      replicas: 2
      labels: [traefik.enable=true]
      placement: {preferences: [{spread: node.labels.zone}]}
      resources: {limits: {cpus: "0.50", memory: 128M}, reservations: {cpus: "0.1", memory: 64M}}
      update_config: {parallelism: 1, order: start-first, failure_action: rollback}
      rollback_config: {parallelism: 0}
networks:
  public: {external: true}
  internal: {driver: overlay, attachable: true, driver_opts: {encrypted: ""}}
secrets:
  dns-token: {external: true}
  db: {external: {name: db_v2}}
configs:
  app.v3: {file: ./app.yml}
`;
  expect(told(readForSwarm(text, { "app.yml": "a: 1" }))).toEqual([
    "services.yaml:2:1: warning: version: obsolete, and ignored (remove it: the Compose Specification has no versions)",
  ]);
});

describe("what a node has", () => {
  it.each([
    "volumes: ['/var/run/docker.sock:/var/run/docker.sock']",
    "volumes: ['/etc/localtime:/etc/localtime:ro']",
    "volumes: ['/:/host:ro']",
    "volumes: ['/srv/a:/a']\ndeploy: {mode: global}",
    "volumes: ['/srv/a:/a']\ndeploy: {placement: {constraints: ['node.hostname == one']}}",
    "volumes: ['/srv/a:/a']\ndeploy: {placement: {constraints: ['node.labels.disk==ssd']}}",
    "volumes: ['d:/d']\ndeploy: {placement: {constraints: ['node.id == 1']}}",
    "volumes: ['d:/d:ro']",
    "volumes: ['logs:/d']",
    "volumes: ['d:/d']\ndeploy: {mode: global}",
  ])("may be mounted: %s", (lines) => {
    expect(told(webOf(lines, volumes))).toEqual([]);
  });

  it.each(["volumes: ['/srv/a:/a']\ndeploy: {placement: {constraints: ['node.role == worker']}}"])(
    "is not known where a constraint leaves several: %s",
    (lines) => {
      expect(told(webOf(lines))).toEqual([expect.stringContaining('may not have "/srv/a" (pin it under')]);
    },
  );

  it("may be another volume of the same name", () => {
    expect(told(webOf("volumes: ['d:/d']", volumes))).toEqual([
      expect.stringContaining('5:15: warning: services.web.volumes[0]: each node has a volume "d" of its own (pin it'),
    ]);
  });
});

it("a repository's folders are on no node", () => {
  const text = "services: {web: {image: x, volumes: ['./a:/a', '/srv/b:/b'], deploy: {mode: global}}}";
  const ground = { stand: (path: string) => ({ path }), strays: () => undefined };
  const result = readProject({ ...surroundings, text, environment: {}, engine: "swarm", ground });
  expect(told(result)).toEqual([
    "services.yaml:1:38: services.web.volumes[0]: no node has the files of the repository (give them as `configs`, or write an absolute path)",
  ]);
});

it("a port of a node is one container's, and start-first is told so", () => {
  const result = webOf(
    "ports: [{target: 80, published: 80, mode: host}]\ndeploy: {update_config: {order: start-first}}",
  );
  expect(told(result)).toEqual([
    expect.stringContaining("services.web.deploy.update_config: stop-first all the same: port 80 of a node is one"),
  ]);
  expect(specIn(result).cluster.update.order).toBe("stop-first");
});
