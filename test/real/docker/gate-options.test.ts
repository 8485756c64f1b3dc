import { get } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import Docker from "dockerode";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { ContainerFile } from "../../../src/compose/model/container/container-file.js";
import type { ServiceSpec } from "../../../src/compose/model/service.js";
import { parseImage, pinnedImage } from "../../../src/compose/values/image.js";
import { connectEngine } from "../../../src/docker/engine.js";
import { withGates } from "../../../src/gate/derive.js";
import { Secret } from "../../../src/tools/secret.js";
import { creation, networkSpec, serviceSpec } from "../../contract/engine/service.js";
import { publishHaproxy } from "../../sandbox/proxies/haproxy.js";
import { freePort } from "../../sandbox/network/ports.js";
import { realStage } from "./real-stage.js";
import { patienceMs } from "../../sandbox/host/patience.js";

/**
 * What a service behind a gate learns of its client, from one that knows how to ask: an HAProxy, which speaks the PROXY
 * protocol. It answers with the address that it takes for the client's, and the one that it is told over HTTP.
 */
const server = (accept: string) => `defaults
  mode http
  timeout client 10s
  timeout server 10s
  timeout connect 1s
listen port8080
  bind :8080${accept}
  http-request return status 200 content-type text/plain lf-string "%[src] %[req.hdr(x-forwarded-for)]"
`;
const project = "gate-options";
const subnets = { ipv4: "10.211.7.0/24", ipv6: "fd00:f1ee:7::/64" } as const;
const gateways = { ipv4: "10.211.7.1", ipv6: "fd00:f1ee:7::1" } as const;
const network = {
  ...networkSpec("gate-options_default"),
  enableIpv6: true,
  ipam: {
    config: Object.values(gateways).map((gateway, index) => ({ subnet: Object.values(subnets)[index]!, gateway })),
  },
};

interface Behind {
  /** On the loopback of the host. */
  readonly url: string;
  /** Of the gate, on its network. */
  readonly addresses: readonly string[];
}

let stage: Awaited<ReturnType<typeof setUp>> | undefined;
beforeAll(async () => {
  stage = await setUp();
});
afterAll(() => stage?.close());

test("over TCP the PROXY protocol tells the service who the client is; without it that is the gate", async () => {
  const told = await stage!.open("told", { mode: "tcp", proxyProtocol: true });
  expect(await ask(told.url)).toBe(`${gateways.ipv4} `);
  const untold = await stage!.open("untold", { mode: "tcp", proxyProtocol: false });
  expect(await ask(untold.url)).toBe(`${untold.addresses[0]} `);
});

test("over HTTP X-Forwarded-For does, behind what the client says itself; the host's port may be one of IPv6 only", async () => {
  const { url, addresses } = await stage!.open("http", { mode: "http", proxyProtocol: false }, "::1");
  expect(url).toContain("[::1]");
  const [own] = addresses;
  expect(await ask(url)).toMatch(new RegExp(`^${own} (${gateways.ipv4}|${gateways.ipv6})$`));
  expect(await ask(url, { "x-forwarded-for": "192.0.2.7" })).not.toContain("192.0.2.7");
  await expect(ask(url.replace("[::1]", "127.0.0.1"))).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("on a network with IPv6 a gate answers there too", async () => {
  const { addresses } = await stage!.open("both", { mode: "http", proxyProtocol: false });
  expect(addresses[1]).toMatch(/^fd00:f1ee:7:/);
  expect(await ask(`http://[${addresses[1]}]:8080`)).toBe(`${addresses[0]} ${gateways.ipv6}`);
});

async function setUp() {
  const made = await realStage({ engineHost: inject("engineHost"), registryUrl: inject("registryUrl") }, project);
  const { digest } = await publishHaproxy(inject("registryUrl"));
  const image = parseImage("haproxy:3.2-alpine");
  const proxy = { image, digest };
  const engine = connectEngine({ host: inject("engineHost"), credentials: () => Promise.resolve(undefined) });
  const docker = new Docker({ socketPath: inject("engineHost").replace(/^unix:\/\//, "") });
  await engine.pull(pinnedImage(image, digest), AbortSignal.timeout(patienceMs));
  await engine.createNetwork({ kind: "create-network", network, project, because: "a test" });
  const start = async (spec: ServiceSpec, files: readonly ContainerFile[], name: string) => {
    const attach = { network: network.name, aliases: [] };
    const id = await engine.createContainer(creation(spec, proxy, attach, name));
    await engine.writeFiles(id, files);
    await engine.startContainer(id);
    const { NetworkSettings } = await docker.getContainer(id).inspect();
    const found = NetworkSettings.Networks[network.name];
    return [found?.IPAddress ?? "", found?.GlobalIPv6Address ?? ""];
  };
  return {
    open: async (
      name: string,
      gate: { mode: "http" | "tcp"; proxyProtocol: boolean },
      hostIp = "127.0.0.1",
    ): Promise<Behind> => {
      const port = await freePort();
      const ports = [{ hostIp, hostPort: port, containerPort: 8080, protocol: "tcp" as const }];
      const service = {
        ...serviceSpec(name, proxy, { ports, entrypoint: ["haproxy"], command: ["-db", "-f", "/server.cfg"] }),
        project,
        networks: [{ network, aliases: [] }],
        gate: { ...gate, holdMs: 10_000 },
      };
      const [behind, derived] = withGates({ name: project, file: "", services: [service] }, image).services;
      if (behind === undefined || derived?.rewritable === undefined) throw new Error("no gate was derived");
      const content = new Secret(server(gate.proxyProtocol ? " accept-proxy" : ""));
      const file = { origin: "a test", path: "/server.cfg", content, mode: 0o644, uid: 0, gid: 0 };
      await start(behind, [file], `${project}-${name}-1`);
      const addresses = await start(derived, derived.rewritable.files, `${project}-${name}.gate-1`);
      const url = `http://${hostIp.includes(":") ? `[${hostIp}]` : hostIp}:${port}`;
      await expect.poll(() => ask(url).catch(() => undefined)).toBeDefined();
      return { url, addresses };
    },
    close: () => made.close(),
  };
}

function ask(url: string, headers: IncomingHttpHeaders = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false, timeout: 5_000 }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => {
        resolve(text);
      });
    }).on("error", reject);
  });
}
