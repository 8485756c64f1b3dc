import { expect, test } from "vitest";
import { connectCluster } from "../../../../src/docker/swarm/cluster.js";
import type { ServiceBody } from "../../../../src/swarm/model/body.js";
import type { Cluster } from "../../../../src/swarm/model/cluster.js";
import { digestOf } from "../../../digests.js";
import { calls } from "../../../proxy/calls.js";
import { expression } from "../../../proxy/rules.js";
import { bareCall, strangeCalls } from "../../../proxy/strange.js";
import { startFakeEngine } from "../fake-engine.js";

const id = "jj3kx2f7x1wg860pk6p5z9qwg";
const file = { UID: "0", GID: "0", Mode: 0o444 };
const body: ServiceBody = {
  Name: "shop_web",
  Labels: { "fairlead.project": "shop" },
  TaskTemplate: {
    ContainerSpec: {
      Image: `acme/web@${digestOf("a")}`,
      Labels: {},
      Configs: [{ ConfigName: "conf", File: { Name: "/conf", ...file } }],
      Secrets: [{ SecretName: "key", File: { Name: "key", ...file } }],
    },
    Networks: [{ Target: id }],
  },
  Mode: { Replicated: { Replicas: 1 } },
};
const named = (Name: string) => ({
  ID: id,
  Version: { Index: 7 },
  CreatedAt: "2026-01-01T00:00:00Z",
  UpdatedAt: "2026-01-01T00:00:00Z",
  Spec: { Name, Labels: { "fairlead.project": "shop" }, Data: "" },
});
const content = { name: "conf", labels: {}, content: Buffer.from("x") };
const service = { id, version: 7 };

const answers: readonly (readonly [RegExp, object])[] = [
  [/^GET \/services$/, [{ ...named("shop_web"), Spec: body }]],
  [/^GET \/(nodes|tasks|networks)$/, []],
  [/^GET \/networks\//, { Id: id, Name: "host", Scope: "swarm", Driver: "host" }],
  [/^GET \/configs$/, [named("conf")]],
  [/^GET \/configs\//, named("conf")],
  [/^GET \/secrets$/, [named("key")]],
  [/^POST \/networks\/create/, { Id: id }],
  [/^POST \/(services|configs|secrets)\/create/, { ID: id }],
];

/** What each method of the port has to be called with to make all the calls that it can make. */
const acts: { readonly [Name in keyof Cluster]: (cluster: Cluster, ended: AbortSignal) => unknown } = {
  look: (cluster) => cluster.look(),
  readConfig: (cluster) => cluster.readConfig(id),
  createConfig: (cluster) => cluster.createConfig(content),
  createSecret: (cluster) => cluster.createSecret(content),
  labelConfig: (cluster) => cluster.labelConfig({ ...service, name: "conf" }, {}),
  removeConfig: (cluster) => cluster.removeConfig(id),
  removeSecret: (cluster) => cluster.removeSecret(id),
  createNetwork: (cluster) => cluster.createNetwork({ Name: "shop_default", Driver: "overlay" }),
  removeNetwork: (cluster) => cluster.removeNetwork(id),
  check: (cluster) => cluster.check(body),
  createService: (cluster) => cluster.createService(body),
  updateService: (cluster) => cluster.updateService(service, body),
  removeService: (cluster) => cluster.removeService(id),
  taskLog: (cluster) => cluster.taskLog(id, 10),
  serviceLog: (cluster, signal) => cluster.serviceLog(id, { follow: false }, signal),
  watch: (cluster, signal) =>
    cluster.watch(
      () => undefined,
      () => false,
      signal,
    ),
};

test("every call that the Swarm's port makes is in the socket proxy's table, and the table has no other", async () => {
  await using fake = await startFakeEngine(({ path, method }, response) => {
    const answer = answers.find(([pattern]) => pattern.test(`${method} ${path.split("?")[0] ?? ""}`))?.[1];
    if (answer !== undefined) response.end(JSON.stringify(answer));
    else response.writeHead(204).end();
  });
  const cluster = connectCluster({ host: fake.host });
  const ended = new AbortController();
  const done = Promise.allSettled(
    Object.values(acts).map((act) => Promise.resolve().then(() => act(cluster, ended.signal))),
  );
  const own = calls.filter(({ feature }) => feature === "swarm");
  const made = () => [...new Set(fake.requests.map((line) => bareCall(...(line.split(" ") as [string, string]))))];
  const isMade = ({ method, path }: (typeof calls)[number]) =>
    made().some((call) => new RegExp(`^${method} ${expression(path)}$`).test(call));
  await expect
    .poll(() => own.filter((call) => !isMade(call)).map(({ method, path }) => `${method} ${path}`))
    .toEqual([]);
  ended.abort();
  await done;
  expect(strangeCalls(made())).toEqual([]);
});
