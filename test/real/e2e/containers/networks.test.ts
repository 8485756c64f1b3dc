import { describe } from "vitest";
import { quick, test, type Scene } from "../scene/scene.js";

/** What `command` says in the service's container. */
async function ask(scene: Scene, service: string, command: readonly string[]): Promise<string> {
  const seen = await scene.active(service);
  if (seen === undefined) return "";
  const exec = await scene.docker.getContainer(seen.id).exec({ Cmd: [...command], AttachStdout: true });
  const stream = await exec.start({ Detach: false, Tty: false });
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return unframed(Buffer.concat(chunks));
}

/** Each frame begins with eight bytes, the last four of which say how long it is. */
function unframed(bytes: Buffer): string {
  if (bytes.length < 8) return "";
  const end = 8 + bytes.readUInt32BE(4);
  return bytes.subarray(8, end).toString("utf8") + unframed(bytes.subarray(end));
}

/** `from` finds `to` by its name, and it answers. */
async function reaches(scene: Scene, from: string, to: string): Promise<boolean> {
  // A static program of the C library finds no name by itself.
  const found = await ask(scene, from, ["busybox", "nslookup", to, "127.0.0.11"]);
  const address = /^Address: (10\.[\d.]+)$/m.exec(found)?.[1] ?? "0.0.0.0";
  const request = `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 2 ${address} 8080`;
  return (await ask(scene, from, ["sh", "-c", request])).endsWith("\r\n\r\nv1\n");
}

const readyOf = (status: Awaited<ReturnType<Scene["status"]>>) =>
  status?.conditions.find(({ type }) => type === "Ready");

describe("a network's subnet", () => {
  test("changes under two services that run; a foreign container is waited for", async ({ scene, expect }) => {
    const images = [await scene.push({ name: "web" }), await scene.push({ name: "api" })] as const;
    const network = `${scene.project}_default`;
    const write = (subnet: string) =>
      scene.write({ web: {}, api: {} }, { networks: { default: { ipam: { config: [{ subnet }] } } } });
    const subnetOf = async () => {
      const { IPAM } = (await scene.docker.getNetwork(network).inspect()) as { IPAM: { Config: { Subnet: string }[] } };
      return IPAM.Config[0]?.Subnet;
    };
    const served = async (subnet: string) => {
      await scene.until(`the subnet ${subnet}`, async () => (await subnetOf().catch(() => undefined)) === subnet);
      await scene.untilServing(images[0].digest, "web");
      await scene.untilServing(images[1].digest, "api");
      await scene.until(
        "traffic",
        async () => (await reaches(scene, "web", "api")) && (await reaches(scene, "api", "web")),
      );
    };
    const ids = async () => (await scene.containers()).map(({ id }) => id);

    await write("10.231.1.0/24");
    await scene.start();
    await served("10.231.1.0/24");
    const before = await ids();

    await write("10.231.2.0/24");
    await served("10.231.2.0/24");
    expect(await ids()).toEqual(before);

    const name = `${scene.project}-visitor`;
    const { Id } = (await scene.docker.getNetwork(network).inspect()) as { Id: string };
    const visitor = await scene.docker.createContainer({
      name,
      Image: `${scene.image("web")}@${images[0].digest}`,
      HostConfig: { NetworkMode: network },
    });
    try {
      await visitor.start();
      await write("10.231.3.0/24");
      const blocked = await scene.untilStatus((status) => readyOf(status)?.reason === "NetworkInUse");
      expect(readyOf(blocked)?.message).toContain(name);
      expect((await scene.docker.getNetwork(network).inspect()) as { Id: string }).toMatchObject({ Id });
      expect(await reaches(scene, "web", "api")).toBe(true);
      expect((await visitor.inspect()).State.Running).toBe(true);
    } finally {
      await visitor.remove({ force: true });
    }
    await served("10.231.3.0/24");
    expect(await ids()).toEqual(before);
    const named = await scene.docker.listNetworks({ filters: { name: [network] } });
    expect(named).toHaveLength(1);
  });
});

describe("what a service is given", () => {
  test("a changed content makes another container, a changed volume none, and neither is said", async ({
    scene,
    expect,
  }) => {
    const { digest } = await scene.push({ healthcheck: quick });
    const secret = "hunter2-and-more";
    const write = (content: string, volume: object) =>
      scene.write(
        {
          web: {
            configs: [{ source: "motd", target: "/etc/motd", mode: "0400" }],
            secrets: ["token"],
            volumes: ["data:/data"],
          },
        },
        { configs: { motd: { content } }, secrets: { token: { environment: "TOKEN" } }, volumes: { data: volume } },
      );
    const sees = (path: string) => ask(scene, "web", ["cat", path]);

    await write(`${secret} one`, {});
    await scene.start({ env: { TOKEN: secret } });
    await scene.untilServing(digest);
    expect(await sees("/etc/motd")).toBe(`${secret} one`);
    expect(await sees("/run/secrets/token")).toBe(secret);
    await ask(scene, "web", ["sh", "-c", "echo kept > /data/file"]);
    const { id } = (await scene.active())!;

    await write(`${secret} two`, { driver_opts: { type: "tmpfs", device: "tmpfs", o: `mode=700` } });
    await scene.until("the other content", async () => (await sees("/etc/motd").catch(() => "")) === `${secret} two`);
    await scene.untilServing(digest);
    expect((await scene.active())?.id).not.toBe(id);
    expect(readyOf(await scene.status())?.message).toContain(
      `volume ${scene.project}_data differs from the file in driver_opts and is kept as it is`,
    );
    expect(await sees("/data/file")).toBe("kept\n");
    const kept = scene.logs().filter(({ msg }) => /^volume .* and is kept as it is$/.test(String(msg)));
    expect(kept).toHaveLength(1);
    expect(await scene.everythingSaid()).not.toContain(secret);

    await scene.write({
      web: { volumes: [{ type: "bind", source: "./nowhere", target: "/x", bind: { create_host_path: false } }] },
    });
    const refused = await scene.untilStatus((status) => readyOf(status)?.reason === "StartFailed");
    expect(readyOf(refused)?.message).toContain(`${scene.directory}/nowhere does not exist on the host`);
    expect((await scene.active())?.state).toBe("running");
  });
});
