import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { parseImage } from "../../../src/compose/values/image.js";
import { connectEngine, type DockerEngine } from "../../../src/docker/engine.js";
import { Secret } from "../../../src/tools/secret.js";
import { creation, networkSpec, serviceSpec } from "../../contract/engine/service.js";
import { calls as all } from "../../proxy/calls.js";
import { expression } from "../../proxy/rules.js";
import { bareCall, strangeCalls } from "../../proxy/strange.js";
import { refuse, startFakeEngine } from "./fake-engine.js";
import { digestOf } from "../../digests.js";

/** Those of a Swarm are another port's: `swarm/calls.test.ts`. */
const calls = all.filter(({ feature }) => feature !== "swarm");
const id = "c".repeat(64);
const image = { image: parseImage("ghcr.io/shop/web:2"), digest: digestOf("b") } as const;
const pinned = `ghcr.io/shop/web@${image.digest}`;
const step = creation(serviceSpec("web", image), image);
const common = { project: "shop", because: "a test" } as const;
const volume = { key: "data", name: "shop_data", external: false, driver: undefined, driverOpts: {}, labels: {} };

const inspected = { Id: id, Image: image.digest, State: { Status: "running" }, NetworkSettings: { Networks: {} } };
const answers: readonly (readonly [RegExp, object])[] = [
  [/^GET \/containers\/json/, [{ Id: id, Labels: {}, State: "running" }]],
  [/^GET \/containers\/\w+\/json/, inspected],
  [/^GET \/(networks|images\/json)/, []],
  [/^GET \/volumes/, { Volumes: [] }],
  [/^GET \/exec/, { Running: false, ExitCode: 0 }],
  [/^GET \/(info|images)/, { Id: image.digest, OSType: "linux", Architecture: "x86_64", Config: {} }],
  [/^POST \/(containers\/(create|\w+\/exec))/, { Id: id }],
  [/^POST \/volumes\/create/, { Name: "any", Labels: {} }],
];

/** What each method of the port has to be called with to make all the calls that it can make. */
const acts: { readonly [Name in keyof DockerEngine]: (engine: DockerEngine, ended: AbortSignal) => unknown } = {
  marks: async ({ marks }) => {
    await marks.put("default.7", "me");
    await marks.list("default.");
    await marks.remove("default.7");
  },
  snapshot: (engine) => engine.snapshot(() => ({ project: "shop", service: "web" })),
  differences: (engine) => engine.differences(id, step),
  likeness: (engine) => engine.likeness(id, step),
  createNetwork: (engine) =>
    engine.createNetwork({ ...common, kind: "create-network", network: networkSpec("shop_default") }),
  removeNetwork: (engine) => engine.removeNetwork(id),
  createVolume: (engine) => engine.createVolume({ ...common, kind: "create-volume", volume }),
  pull: (engine, signal) => engine.pull(pinned, signal),
  build: (engine, signal) => {
    const archive = Readable.from([Buffer.alloc(1024)]);
    const context = { archive, dockerfile: "Dockerfile", registries: [], close: () => Promise.resolve() };
    const build = { context: { kind: "path", path: "/unused" }, args: {}, labels: {} } as const;
    return engine.build({ build, context, tags: ["shop/web:1"], onLine: () => undefined }, signal);
  },
  tagImage: (engine) => engine.tagImage(pinned, "fairlead/keep:shop.web.r1"),
  createContainer: (engine) => engine.createContainer(step),
  createHelper: (engine) => {
    const helper = { name: "shop-web-1.helper-c", service: "web", lifeline: "controller", of: id, files: [] } as const;
    return engine.createHelper({ ...common, kind: "create-helper", ...helper });
  },
  isOurs: (engine) => engine.isOurs(id),
  statMounted: (engine) => engine.statMounted(id, "/etc/app.conf"),
  writeFiles: (engine) => {
    const file = { path: "/note", content: new Secret("x"), mode: 0o444, uid: 0, gid: 0, origin: "config note" };
    return engine.writeFiles(id, [file]);
  },
  connectNetwork: (engine) => engine.connectNetwork(id, { network: "shop_default", aliases: ["web"] }),
  rehearse: (engine) =>
    engine.rehearse({
      ...common,
      kind: "rehearse-start",
      container: "shop-web-1",
      spec: step.spec,
      digest: step.digest,
      from: step.from,
    }),
  disconnectNetwork: (engine) => engine.disconnectNetwork(id, "shop_default"),
  startContainer: (engine) => engine.startContainer(id),
  stopContainer: (engine) => engine.stopContainer(id, 1000),
  signalContainer: (engine) => engine.signalContainer(id, "SIGHUP"),
  setRestartPolicy: (engine) => engine.setRestartPolicy(id, { name: "always", maximumRetryCount: 0 }),
  renameContainer: (engine) => engine.renameContainer(id, "shop-web-1"),
  removeContainer: (engine) => engine.removeContainer(id, true),
  removeImage: (engine) => engine.removeImage("fairlead/keep:shop.web.r1"),
  logTail: (engine) => engine.logTail(id, 10),
  logs: (engine, signal) => engine.logs(id, { follow: true }, signal),
  locate: (engine) => engine.locate(id),
  exec: (engine) => engine.exec(id, ["true"], 1000),
  run: (engine) => engine.run(id, ["true"], 1000),
  platform: (engine) => engine.platform(),
  doubt: (engine) => {
    engine.doubt("shop", "web");
  },
  watch: (engine, signal) => engine.watch(() => undefined, signal),
};

test("every call that the engine's methods make is in the socket proxy's table, and the table has no other", async () => {
  await using fake = await startFakeEngine(({ path, method }, response) => {
    const answer = answers.find(([pattern]) => pattern.test(`${method} ${path}`))?.[1];
    if (/^\/(session|build)/.test(path)) refuse(response, 500, "no");
    else if (answer !== undefined) response.end(JSON.stringify(answer));
    else response.writeHead(204).end();
  });
  const engine = connectEngine({ host: fake.host, credentials: () => Promise.resolve(undefined), beatMs: 50 });
  const ended = new AbortController();
  const done = Promise.allSettled(
    Object.values(acts).map((act) => Promise.resolve().then(() => act(engine, ended.signal))),
  );
  const made = () => [...new Set(fake.requests.map((line) => bareCall(...(line.split(" ") as [string, string]))))];
  const isMade = ({ method, path }: (typeof calls)[number]) =>
    made().some((call) => new RegExp(`^${method} ${expression(path)}$`).test(call));
  await expect
    .poll(() => calls.filter((call) => !isMade(call)).map(({ method, path }) => `${method} ${path}`))
    .toEqual([]);
  ended.abort();
  await done;
  expect(strangeCalls(made())).toEqual([]);
});
