import { variables } from "../../../../src/compose/model/container/variables.js";
import { describe, expect, it } from "vitest";
import { specHash } from "../../../../src/compose/model/hash.js";
import { readProject } from "../../../../src/compose/project/compose.js";
import { formatProblem } from "../../../../src/compose/values/problem.js";
import { complaints, readService, serviceOf, surroundings } from "../read.js";

describe("a service's defaults", () => {
  it("are the documented ones", () => {
    expect(serviceOf(readService(""))).toEqual({
      project: "shop",
      name: "web",
      image: { registry: "docker.io", repository: "library/nginx", tag: "latest", digest: undefined },
      containerName: undefined,
      container: {
        command: undefined,
        entrypoint: undefined,
        environment: {},
        ports: [],
        mounts: [],
        labels: {},
        restart: { name: "no", maximumRetryCount: 0 },
        healthcheck: undefined,
        user: undefined,
        workingDir: undefined,
        stopGracePeriodMs: 10_000,
        stopSignal: undefined,
      },
      networks: [
        {
          network: {
            key: "default",
            name: "shop_default",
            members: ["web"],
            external: false,
            driver: undefined,
            driverOpts: {},
            internal: false,
            labels: {},
          },
          aliases: ["web"],
        },
      ],
      volumes: [],
      dependsOn: [],
      update: { order: "auto", monitorMs: 5_000, failureAction: "rollback" },
      keep: 1,
    });
  });

  it("hold for an empty update_config and an empty list of networks", () => {
    const bare = serviceOf(readService(""));
    expect(serviceOf(readService("deploy: {update_config: {}}")).update).toEqual(bare.update);
    expect(serviceOf(readService("deploy: {}")).update).toEqual(bare.update);
    expect(serviceOf(readService("x-fairlead: {}")).keep).toBe(1);
    expect(serviceOf(readService("networks: []")).networks).toEqual(bare.networks);
    expect(serviceOf(readService("networks: {}")).networks).toEqual(bare.networks);
  });
});

describe("values at their bounds", () => {
  it.each<[string, unknown]>([
    ["restart: no", { restart: { name: "no", maximumRetryCount: 0 } }],
    ["restart: always", { restart: { name: "always", maximumRetryCount: 0 } }],
    ["restart: unless-stopped", { restart: { name: "unless-stopped", maximumRetryCount: 0 } }],
    ["restart: on-failure", { restart: { name: "on-failure", maximumRetryCount: 0 } }],
    ["restart: on-failure:12", { restart: { name: "on-failure", maximumRetryCount: 12 } }],
    ["command:", { command: undefined }],
    ["command: []", { command: [] }],
    ["command: ''", { command: [] }],
    ["command: a 'b c'", { command: ["a", "b c"] }],
    ["command: ['', a b]", { command: ["", "a b"] }],
    ["healthcheck: {}", { healthcheck: { disabled: false } }],
    ["healthcheck: {test: a b}", { healthcheck: { disabled: false, test: ["CMD-SHELL", "a b"] } }],
    ["healthcheck: {test: [CMD-SHELL, a b]}", { healthcheck: { disabled: false, test: ["CMD-SHELL", "a b"] } }],
    ["healthcheck: {test: [CMD, a]}", { healthcheck: { disabled: false, test: ["CMD", "a"] } }],
    ["healthcheck: {test: [NONE]}", { healthcheck: { disabled: true } }],
    ["healthcheck: {disable: true, test: a}", { healthcheck: { disabled: true } }],
    ["healthcheck: {disable: 'true'}", { healthcheck: { disabled: true } }],
    ["healthcheck: {disable: 'false'}", { healthcheck: { disabled: false } }],
    ["healthcheck: {disable: false}", { healthcheck: { disabled: false } }],
    ["healthcheck: {start_period: 0s, retries: '1'}", { healthcheck: { startPeriodMs: 0, retries: 1 } }],
    ["healthcheck: {start_interval: 1s}", { healthcheck: { disabled: false, startIntervalMs: 1_000 } }],
    [
      "healthcheck: {retries: 0, interval: 0s, timeout: 0s}",
      { healthcheck: { disabled: false, retries: undefined, intervalMs: undefined, timeoutMs: undefined } },
    ],
    ["stop_grace_period: 0s", { stopGracePeriodMs: 0 }],
    ["environment: {A: , B: ''}", { environment: variables({ A: null, B: "" }) }],
    ["environment: [A, B=, C==]", { environment: variables({ A: null, B: "", C: "=" }) }],
    ["environment: {A: 'a: b'}", { environment: variables({ A: "a: b" }) }],
    ["environment: ['A=b: c']", { environment: variables({ A: "b: c" }) }],
    ["labels: [a, b=]", { labels: { a: "", b: "" } }],
    ["labels: {fairlead: x, com.docker.composer: y}", { labels: { fairlead: "x", "com.docker.composer": "y" } }],
    ["working_dir: /", { workingDir: "/" }],
  ])("%s", (line, container) => {
    expect(serviceOf(readService(line)).container).toMatchObject(container as object);
  });

  it("takes an empty text for none where Compose does", () => {
    const lines = ["user: ''", "platform: ${PLATFORM:-}", "network_mode: ''", "restart: ${RESTART-}", "cpuset: ''"];
    const { networks, networkMode, container } = serviceOf(readService(lines.join("\n")));
    const { networks: usual, container: bare } = serviceOf(readService("labels: {}"));
    expect({ networks, networkMode, container }).toEqual({ networks: usual, networkMode: undefined, container: bare });
  });

  it("takes unset from the environment given, never from an object's prototype", () => {
    const read = readService("environment: [HERE, toString, __proto__]", { HERE: "x" });
    const unset = Object.fromEntries([
      ["toString", null],
      ["__proto__", null],
    ]);
    expect(serviceOf(read).container.environment).toEqual(variables({ HERE: "x", ...unset }));
    expect(readService("environment: {A: $toString}").warnings).toHaveLength(1);
  });

  it.each([
    ["x-fairlead: {keep: 0}", 0],
    ["x-fairlead: {keep: 100}", 100],
    ["x-fairlead: {keep: '7'}", 7],
  ])("%s", (line, keep) => {
    expect(serviceOf(readService(line)).keep).toBe(keep);
  });

  it.each([
    ["x-fairlead: {renew: true}", true],
    ["x-fairlead: {renew: false}", false],
    ["x-fairlead: {keep: 1}", undefined],
  ])("%s is no property of the container", (line, renew) => {
    const service = serviceOf(readService(line));
    expect(service.renew).toBe(renew);
    expect(specHash(service)).toBe(specHash(serviceOf(readService("labels: {}"))));
  });

  it.each([
    ["deploy: {update_config: {order: start-first}}", { order: "start-first" }],
    [
      "deploy: {update_config: {order: stop-first, delay: 0s, parallelism: 1}}",
      { order: "stop-first", delayMs: 0, parallelism: 1 },
    ],
    ["deploy: {update_config: {monitor: 0s, failure_action: continue}}", { monitorMs: 0, failureAction: "continue" }],
    ["deploy: {update_config: {failure_action: pause}}", { monitorMs: 5_000, failureAction: "pause" }],
  ])("%s", (line, update) => {
    expect(serviceOf(readService(line)).update).toMatchObject(update);
  });

  it.each([
    ["x-fairlead: {keep: 101}", "must be between 0 and 100"],
    ["x-fairlead: {keep: -1}", "must be between 0 and 100"],
    ["x-fairlead: {keep: '1234567890123456'}", '"1234567890123456" is not a whole number'],
    ["x-fairlead: {keep: '1x'}", '"1x" is not a whole number'],
    ["x-fairlead: {keep: true}", "expected a whole number, found a boolean"],
    ["x-fairlead: {keep: }", "has no value; expected a whole number"],
    ["x-fairlead: {keep: 1.5}", "must be a whole number"],
    ["deploy: {update_config: {parallelism: -1}}", "must be at least 0"],
    ["healthcheck: {retries: -1}", "must be at least 0"],
    ["healthcheck: {disable: }", "has no value; expected true or false"],
    ["healthcheck: {disable: 1}", "must be true or false"],
    ["healthcheck: {test: ''}", "must not be empty"],
    ["healthcheck: {test: []}", "the list must begin with CMD, CMD-SHELL or NONE"],
    ["healthcheck: {test: [CMD, 1]}", "expected a string, found a number"],
    ["healthcheck: {test: [CMD-SHELL]}", "the command after CMD-SHELL is missing"],
    ["restart: 'on-failure:'", '"on-failure:" is not a restart policy'],
    ["restart: xon-failure:3", '"xon-failure:3" is not a restart policy'],
    ["restart: on-failure:3x", '"on-failure:3x" is not a restart policy'],
    ["container_name: a", '"a" is not a container name'],
    ["container_name: -ab", '"-ab" is not a container name'],
    ["container_name: ab/", '"ab/" is not a container name'],
    ["container_name: ab.next", "names that end in .next are Fairlead's own"],
    ["container_name: ab.failed", "names that end in .failed are Fairlead's own"],
    ["networks: {default: {aliases: ['']}}", "must not be empty"],
    ["depends_on: [web]", "services depend on each other in a circle: web -> web"],
    ["environment: {'': x}", "the name before `=` is empty"],
    ["environment: [' =x']", "the name before `=` is empty"],
    ["environment: ['A =x']", "the name begins or ends with white space"],
    ["labels: {' a': x}", "the name begins or ends with white space"],
  ])("%s is refused", (line, complaint) => {
    expect(complaints(readService(line))).toEqual([complaint]);
  });

  it.each(["ab", "a.next.b", "anext", "A_b-c.9"])("container_name: %s is taken", (name) => {
    expect(serviceOf(readService(`container_name: ${name}`)).containerName).toBe(name);
  });
});

describe("names", () => {
  const nameOf = (text: string, directory = "/srv/shop") => {
    const result = readProject({ ...surroundings, directory, text, environment: {} });
    return result.ok ? result.project.name : result.problems.map(formatProblem).join("\n");
  };
  const services = "services: {web: {image: nginx}}";

  it.each([
    ["/srv/shop", "shop"],
    ["/srv/My Shop.v2/", "myshopv2"],
    ["/srv/__-a_b-", "a_b-"],
    ["/srv/2nd", "2nd"],
    [`/srv/${"a".repeat(55)}`, "a".repeat(55)],
  ])("the directory %s makes the project %s", (directory, name) => {
    expect(nameOf(services, directory)).toBe(name);
  });

  it.each([
    ["/", "services.yaml:1:1: the project has no name, and its directory gives none (write `name:`)"],
    ["/srv/…", "services.yaml:1:1: the project has no name, and its directory gives none (write `name:`)"],
    [
      `/srv/${"a".repeat(56)}`,
      "services.yaml:1:1: the project's name is longer than 55 characters (write a shorter `name:`)",
    ],
  ])("the directory %s makes none", (directory, problem) => {
    expect(nameOf(services, directory)).toBe(problem);
  });

  it.each(["a", "9", "a_-b", "a".repeat(55)])("name: %s", (name) => {
    expect(nameOf(`name: "${name}"\n${services}`)).toBe(name);
  });

  it.each(["", "-a", "_a", "A", "a.b", "a b", "a".repeat(56)])("name: %j is refused", (name) => {
    expect(nameOf(`name: "${name}"\n${services}`)).toMatch(/^services\.yaml:1:7: name: /);
  });

  it("take the file's interpolation, and give it COMPOSE_PROJECT_NAME", () => {
    const text = "name: ${A:-x}\nservices: {web: {image: $COMPOSE_PROJECT_NAME}}";
    const result = readProject({ ...surroundings, text, environment: { COMPOSE_PROJECT_NAME: "other" } });
    expect(result).toMatchObject({ ok: true, project: { services: [{ image: { repository: "library/x" } }] } });
  });

  it.each(["a", "A.b_c-d", "1", "a".repeat(63)])("service %s", (name) => {
    expect(nameOf(`services: {"${name}": {image: nginx}}`)).toBe("shop");
  });

  it.each(["a b", "", "a/b", "a".repeat(64)])("service %j is refused", (name) => {
    expect(nameOf(`services: {"${name}": {image: nginx}}`)).toMatch(/^services\.yaml:1:12: services/);
  });
});

describe("the whole file", () => {
  it("may have 1 MiB, not more", () => {
    const text = "services: {web: {image: nginx}}\n#";
    const padded = (size: number) => readProject({ ...surroundings, text: text.padEnd(size, "x"), environment: {} });
    expect(padded(1_048_576).ok).toBe(true);
    expect(complaints(padded(1_048_577))).toEqual(["the file is larger than 1 MiB"]);
  });

  it("does not count a port of a service that depends on nothing declared twice", () => {
    const two = "  db: {image: nginx, container_name: shop-web-2, ports: ['81:1']}\n";
    expect(readService("ports: ['80:1']\ndepends_on: {db: {condition: service_healthy}}", {}, two).ok).toBe(true);
  });
});
