import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, inject, onTestFinished, test } from "vitest";
import { patienceMs } from "../../sandbox/host/patience.js";
import { publishImage } from "../../sandbox/registry/image.js";
import { killingProxy, type KillingProxyOptions } from "../../sandbox/proxies/killing-proxy.js";
import { connect, runContainer } from "./docker.js";

async function openProxy(onChangingCall?: NonNullable<KillingProxyOptions["onChangingCall"]>) {
  const folder = await mkdtemp(`${tmpdir()}/fairlead-proxy-`);
  const upstreamSocket = inject("engineHost").slice("unix://".length);
  const proxy = await killingProxy({
    socket: `${folder}/docker.sock`,
    upstreamSocket,
    ...(onChangingCall === undefined ? {} : { onChangingCall }),
  });
  onTestFinished(async () => {
    await proxy.stop();
    await rm(folder, { recursive: true });
  });
  return { proxy, docker: connect(proxy.host), direct: connect(inject("engineHost")) };
}

test("a client sees the engine as without it: calls, a pull, an event stream, an exec that takes the connection", async () => {
  const { proxy, docker } = await openProxy();
  const { digest } = await publishImage(inject("registryUrl"), "proxy/app", "latest");
  const events = (await docker.getEvents({ filters: { event: ["start"] } })) as NodeJS.ReadableStream & {
    destroy(): void;
  };
  const told: string[] = [];
  events.on("data", (chunk: Buffer) => told.push(chunk.toString()));
  const { container } = await runContainer(docker, `proxy/app@${digest}`);
  // Those of other tests on the same engine are told too.
  await expect.poll(() => told.join(""), { timeout: patienceMs }).toContain(container.id);
  events.destroy();
  const exec = await container.exec({ Cmd: ["cat"], AttachStdin: true, AttachStdout: true });
  const stream = await exec.start({ hijack: true, stdin: true });
  const out = new PassThrough();
  docker.modem.demuxStream(stream, out, out);
  stream.on("end", () => out.end());
  stream.end("echoed\n");
  expect(await text(out)).toBe("echoed\n");
  expect(proxy.count("POST", /^\/images\/create$/)).toBe(1);
  expect(proxy.count("POST", /^\/containers\/[0-9a-f]+\/start$/)).toBe(1);
  proxy.reset();
  await docker.listContainers();
  expect([proxy.count("GET", /^\/containers\/json$/), proxy.changing()]).toEqual([1, 0]);
});

test.each([
  ["before", 0],
  ["after", 1],
] as const)("dropped %s the call, the engine has %i volumes", async (phase, volumes) => {
  const { docker, direct } = await openProxy((n, { path }, now) =>
    Promise.resolve(n === 2 && path === "/volumes/create" && now === phase ? "drop" : undefined),
  );
  const names = [`first-${phase}`, `second-${phase}`];
  onTestFinished(async () => {
    for (const name of names)
      await direct
        .getVolume(name)
        .remove()
        .catch(() => undefined);
  });
  await docker.createVolume({ Name: names[0]! });
  await expect(docker.createVolume({ Name: names[1]! })).rejects.toThrow(/hang up|ECONNRESET/);
  const { Volumes } = await direct.listVolumes();
  expect(Volumes.filter(({ Name }) => Name === names[0])).toHaveLength(1);
  expect(Volumes.filter(({ Name }) => Name === names[1])).toHaveLength(volumes);
});
