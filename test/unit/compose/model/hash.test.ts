import { variables } from "../../../../src/compose/model/container/variables.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildHash, declarationHash, specHash, isSameDeclaration } from "../../../../src/compose/model/hash.js";
import type { NetworkAttachment, NetworkSpec } from "../../../../src/compose/model/network.js";
import type { Mount } from "../../../../src/compose/model/mount.js";
import type { PortMapping, ServiceSpec } from "../../../../src/compose/model/service.js";
import { Secret } from "../../../../src/tools/secret.js";
import { specOf } from "../../plan/world.js";

const network: NetworkSpec = {
  key: "one",
  name: "shop_one",
  external: false,
  driver: undefined,
  driverOpts: {},
  internal: false,
  labels: {},
};
const port: PortMapping = { hostIp: undefined, hostPort: 80, containerPort: 80, protocol: "tcp" };
const mount: Mount = { type: "bind", source: "/a", target: "/a", readOnly: false, createHostPath: true };
const base: ServiceSpec = {
  project: "shop",
  name: "web",
  image: { registry: "docker.io", repository: "library/nginx", tag: "latest", digest: undefined },
  containerName: "fixed",
  container: {
    command: ["a", "b"],
    entrypoint: ["e"],
    environment: variables({ A: "1", B: "2" }),
    ports: [port, { ...port, hostPort: 81, containerPort: 81 }],
    mounts: [mount, { ...mount, source: "/b", target: "/b" }],
    labels: { a: "1", b: "2" },
    restart: { name: "no", maximumRetryCount: 0 },
    healthcheck: undefined,
    user: undefined,
    workingDir: undefined,
    stopGracePeriodMs: 10_000,
    stopSignal: undefined,
  },
  networks: [
    { network, aliases: ["web", "x"] },
    { network: { ...network, key: "two", name: "shop_two" }, aliases: ["web"] },
  ],
  volumes: [{ key: "data", name: "shop_data", external: false, driver: undefined, driverOpts: {}, labels: {} }],
  dependsOn: [],
  update: { order: "auto", monitorMs: 5_000, failureAction: "rollback" },
  keep: 1,
};
const container = (change: Partial<ServiceSpec["container"]>): ServiceSpec => ({
  ...base,
  container: { ...base.container, ...change },
});
const networks = (change: (list: readonly NetworkAttachment[]) => readonly NetworkAttachment[]): ServiceSpec => ({
  ...base,
  networks: change(base.networks),
});

describe("specHash", () => {
  it("is 32 hexadecimal digits, and stays what it was: another value would recreate every container", () => {
    expect(specHash(base)).toMatch(/^[0-9a-f]{32}$/);
    expect(specHash(base)).toMatchInlineSnapshot(`"2aeab9ae3654711c3a8cd51fea25fafa"`);
  });

  it("counts the contents of files and the values of build arguments, as it did when they were plain texts", () => {
    const places = { uid: 0, gid: 0 };
    const motd = {
      ...places,
      origin: "configs.motd",
      path: "/motd",
      content: new Secret('hi "hunter2"\n'),
      mode: 0o444,
    };
    const secret = { origin: "secrets.db", path: "/run/secrets/db", content: new Secret("pass wörd"), mode: 0o400 };
    const spec = specOf({ files: [motd, { ...secret, uid: 1, gid: 2 }] });
    expect(specHash(spec)).toBe("9f4732ac82581e546fe9645137e887ad");
    expect(declarationHash(spec)).toBe("43a4ae303cea02aa");
    expect(specHash({ ...spec, files: [{ ...motd, content: new Secret("hi") }] })).not.toBe(
      specHash({ ...spec, files: [motd] }),
    );
    const args = { TOKEN: new Secret('t0ken "q"'), B: new Secret("") };
    const build = { context: { kind: "path", path: "/srv/app" }, args, labels: { a: "1" } } as const;
    expect(buildHash(build)).toBe("9159fa0d28bb621b");
  });

  it.each<[string, ServiceSpec]>([
    ["command", container({ command: ["b", "a"] })],
    ["no command", container({ command: undefined })],
    ["empty command", container({ command: [] })],
    ["entrypoint", container({ entrypoint: undefined })],
    ["environment", container({ environment: variables({ A: "1", B: "3" }) })],
    ["port", container({ ports: base.container.ports.slice(1) })],
    ["mount", container({ mounts: base.container.mounts.slice(1) })],
    ["label", container({ labels: { a: "1" } })],
    ["restart", container({ restart: { name: "on-failure", maximumRetryCount: 1 } })],
    ["health check", container({ healthcheck: { disabled: true } })],
    ["user", container({ user: "1" })],
    ["working directory", container({ workingDir: "/" })],
    ["grace period", container({ stopGracePeriodMs: 1 })],
    ["stop signal", container({ stopSignal: "TERM" })],
    ["container name", { ...base, containerName: "other" }],
    ["network", networks((list) => list.slice(1))],
    ["aliases", networks(([first, ...rest]) => [{ ...first!, aliases: ["x"] }, ...rest])],
    [
      "network name",
      networks(([first, ...rest]) => [{ ...first!, network: { ...first!.network, name: "n" } }, ...rest]),
    ],
  ])("changes with the %s", (_, changed) => {
    expect(specHash(changed)).not.toBe(specHash(base));
  });

  it.each<[string, ServiceSpec]>([
    ["the image", { ...base, image: { ...base.image, tag: "2" } }],
    ["the update policy", { ...base, update: { ...base.update, monitorMs: 1 } }],
    ["retention", { ...base, keep: 9 }],
    ["dependencies", { ...base, dependsOn: [{ service: "x", condition: "service_started" }] }],
    ["the volumes' declarations", { ...base, volumes: [] }],
    ["a network's driver", networks((list) => list.map((it) => ({ ...it, network: { ...it.network, driver: "x" } })))],
    ["the order of ports", container({ ports: base.container.ports.toReversed() })],
    ["the order of mounts", container({ mounts: base.container.mounts.toReversed() })],
    ["the order of networks", networks((list) => list.toReversed())],
    ["the order of aliases", networks((list) => list.map((it) => ({ ...it, aliases: it.aliases.toReversed() })))],
    ["an undefined field", container({ ...({ added: undefined } as object) })],
  ])("does not depend on %s", (_, same) => {
    expect(specHash(same)).toBe(specHash(base));
  });

  it("does not depend on the order of keys", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), fc.infiniteStream(fc.nat()), (record, order) => {
        const left = container({ environment: variables(record), labels: record });
        expect(specHash(shuffled(left, order) as ServiceSpec)).toBe(specHash(left));
      }),
    );
  });

  it("and so does the comparison of what files say, in what is secret too", () => {
    const [one, other] = ["1", "2"].map((text) => container({ environment: variables({ A: text }) }));
    expect([
      isSameDeclaration(one, other),
      isSameDeclaration(one, container({ environment: variables({ A: "1" }) })),
    ]).toEqual([false, true]);
    expect([isSameDeclaration(one, undefined), isSameDeclaration(undefined, undefined)]).toEqual([false, true]);
  });

  it("tells different environments apart", () => {
    const environment = fc.dictionary(fc.string({ maxLength: 3 }), fc.string({ maxLength: 3 }), { maxKeys: 3 });
    fc.assert(
      fc.property(environment, environment, (left, right) => {
        const same = JSON.stringify(Object.entries(left).sort()) === JSON.stringify(Object.entries(right).sort());
        expect(
          specHash(container({ environment: variables(left) })) ===
            specHash(container({ environment: variables(right) })),
        ).toBe(same);
      }),
    );
  });
});

function shuffled(value: unknown, order: Iterator<number>): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => shuffled(item, order));
  if (typeof value !== "object" || value === null || value instanceof Secret) return value;
  const entries = Object.entries(value).map(([key, item]) => ({
    entry: [key, shuffled(item, order)] as const,
    rank: Number(order.next().value),
  }));
  return Object.fromEntries(entries.sort((left, right) => left.rank - right.rank).map(({ entry }) => entry));
}
