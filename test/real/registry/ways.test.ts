import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer as createPlainServer, type Server } from "node:http";
import { createServer, type ServerOptions } from "node:https";
import { connect as connectSocket } from "node:net";
import { tmpdir } from "node:os";
import { type PeerCertificate, TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { parseImage } from "../../../src/compose/values/image.js";
import { connectRegistry, type RegistryOptions } from "../../../src/registry/connect.js";
import { ensurePackages } from "../../sandbox/host/packages.js";

const run = promisify(execFile);
const digest = `sha256:${"a".repeat(64)}`;
let folder = "";

/** A key and a certificate that the authority has signed. */
async function certify(name: string, extension: string): Promise<void> {
  const openssl = (...args: string[]) => run("openssl", args, { cwd: folder });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", `${name}.key`];
  await writeFile(`${folder}/${name}.ext`, extension);
  await openssl("req", ...key, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
  const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", `${name}.ext`];
  await openssl("x509", "-req", "-in", `${name}.csr`, "-out", `${name}.pem`, ...signed);
}

beforeAll(async () => {
  await ensurePackages(["openssl"], (line) => {
    console.log(line);
  });
  folder = await mkdtemp(`${tmpdir()}/fairlead-ways-`);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key"];
  await run("openssl", ["req", "-x509", ...key, "-out", "ca.pem", "-days", "2", "-subj", "/CN=authority"], {
    cwd: folder,
  });
  await certify("server", "subjectAltName=IP:127.0.0.1,DNS:reg.test");
  await certify("client", "extendedKeyUsage=clientAuth");
  await certify("stranger", "extendedKeyUsage=clientAuth");
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const pem = (name: string) => readFile(`${folder}/${name}`);

function nameOf(socket: TLSSocket): string {
  // Of whoever shows none it is an empty object, whatever its type says.
  const { subject } = socket.getPeerCertificate() as Partial<PeerCertificate>;
  return [subject?.CN ?? "nobody"].flat().join();
}

/** A registry that knows one tag; by whom it was asked. */
async function serve(options: ServerOptions = {}) {
  const asked: string[] = [];
  const server = createServer(
    { cert: await pem("server.pem"), key: await pem("server.key"), ca: await pem("ca.pem"), ...options },
    (req, res) => {
      const { socket } = req;
      asked.push(`${req.headers.host ?? ""} ${socket instanceof TLSSocket ? nameOf(socket) : "nobody"}`);
      const type = "application/vnd.oci.image.index.v1+json";
      res.writeHead(200, { "content-type": type, "docker-content-digest": digest }).end();
    },
  );
  return { port: await listen(server), asked };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as { readonly port: number }).port;
}

async function resolve(host: string, options: Partial<RegistryOptions>) {
  const registry = connectRegistry({
    ...{ settings: {}, dockerConfig: folder, helperEnvironment: {}, telemetry: { requested: () => undefined } },
    certificates: `${folder}/none`,
    ...options,
  });
  onTestFinished(() => registry.close());
  return registry.resolve(parseImage(`${host}/acme/shop:latest`));
}

describe("a registry that wants to know who asks", () => {
  const demanding = { requestCert: true, rejectUnauthorized: true } as const;
  const ca = () => `${folder}/ca.pem`;

  test("is shown the certificate of the settings", async () => {
    const { port, asked } = await serve(demanding);
    const host = `127.0.0.1:${port}`;
    const known = { ca: ca(), cert: `${folder}/client.pem`, key: `${folder}/client.key` };
    expect(await resolve(host, { settings: { [host]: known } })).toBe(digest);
    expect(asked).toEqual([`${host} client`]);
    await expect(resolve(host, { settings: { [host]: { ca: ca() } } })).rejects.toMatchObject({
      code: "RegistryUnavailable",
    });
  });

  test("is shown what the engine would show, and trusted as the engine would trust it", async () => {
    const { port, asked } = await serve(demanding);
    const host = `127.0.0.1:${port}`;
    const certificates = `${folder}/certs.d`;
    await mkdir(`${certificates}/${host}`, { recursive: true });
    await copyFile(ca(), `${certificates}/${host}/ca.crt`);
    const settings = { [host]: { insecure: false } };
    await expect(resolve(host, { settings, certificates })).rejects.toMatchObject({ code: "RegistryUnavailable" });
    await copyFile(`${folder}/client.pem`, `${certificates}/${host}/client.cert`);
    await expect(resolve(host, { settings, certificates })).rejects.toThrow(
      /client\.cert has no client\.key beside it/,
    );
    await copyFile(`${folder}/client.key`, `${certificates}/${host}/client.key`);
    expect(await resolve(host, { settings, certificates })).toBe(digest);
    expect(asked).toEqual([`${host} client`]);
  });

  test("is asked with a new certificate once the old one is refused", async () => {
    const { port } = await serve(demanding);
    const host = `127.0.0.1:${port}`;
    const [cert, key] = [`${folder}/turning.pem`, `${folder}/turning.key`];
    await copyFile(`${folder}/client.pem`, cert);
    // Of another key: what somebody sees who looks in the middle of a replacement.
    await copyFile(`${folder}/stranger.key`, key);
    const registry = connectRegistry({
      ...{ settings: { [host]: { ca: ca(), cert, key } }, dockerConfig: folder, helperEnvironment: {} },
      telemetry: { requested: () => undefined },
    });
    onTestFinished(() => registry.close());
    const image = parseImage(`${host}/acme/shop:latest`);
    await expect(registry.resolve(image)).rejects.toThrow(/turning\.key is not the key of .*turning\.pem/);
    await copyFile(`${folder}/client.key`, key);
    expect(await registry.resolve(image)).toBe(digest);
  });

  test.each([
    ["a key that is none", "client.pem", /client\.pem holds no PEM key/],
    ["a file that is not there", "nowhere", /the key of a registry: there is no file \S*nowhere/],
  ])("is not asked with %s, and the file is named", async (_what, key, message) => {
    const host = "127.0.0.1:1";
    const known = { ca: ca(), cert: `${folder}/client.pem`, key: `${folder}/${key}` };
    await expect(resolve(host, { settings: { [host]: known } })).rejects.toThrow(message);
  });
});

describe("a proxy", () => {
  /** Leads every name to this registry, to those who know the password. */
  async function openProxy(to: number) {
    const asked: string[] = [];
    const proxy = createPlainServer((_req, res) => res.writeHead(400).end());
    proxy.on("connect", (req, socket, head) => {
      asked.push(`${req.url ?? ""} ${req.headers["proxy-authorization"] === undefined ? "a stranger" : "known"}`);
      const way = connectSocket(to, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        way.write(head);
        way.pipe(socket).pipe(way);
      });
      way.on("error", () => socket.destroy());
      socket.on("error", () => way.destroy());
    });
    return { url: `http://user:secret@127.0.0.1:${await listen(proxy)}`, asked };
  }

  test("stands between, knows the name, and is no address of the registry's", async () => {
    const { port, asked } = await serve();
    const proxy = await openProxy(port);
    const settings = { "reg.test": { ca: `${folder}/ca.pem` } };
    const proxyFor = () => Promise.resolve(proxy.url);
    expect(await resolve("reg.test", { settings, proxyFor })).toBe(digest);
    expect(proxy.asked).toEqual(["reg.test:443 known"]);
    expect(asked).toEqual(["reg.test nobody"]);
  });

  test("that does not answer is told of without its password", async () => {
    const proxyFor = () => Promise.resolve("http://user:secret@127.0.0.1:1");
    const failed = await resolve("reg.test", { proxyFor }).catch((thrown: unknown) => thrown);
    expect(failed).toMatchObject({ code: "RegistryUnavailable" });
    expect((failed as Error).message).not.toContain("secret");
  });
});
