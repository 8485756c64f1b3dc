import { execFile } from "node:child_process";
import { createHmac, X509Certificate } from "node:crypto";
import { readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { beforeAll, describe } from "vitest";
import { ensurePackages } from "../../../sandbox/host/packages.js";
import { test, type Scene } from "../scene/scene.js";

const run = promisify(execFile);
const host = "hooks.example.org";

beforeAll(async () => {
  await ensurePackages(["curl", "openssl"], (line) => {
    console.log(line);
  });
});

/** An authority, and certificates that it makes: the server's own, and then itself. */
async function authorityIn(directory: string) {
  const at = (name: string) => `${directory}/${name}`;
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const root = ["-keyout", at("ca.key"), "-out", at("ca.pem"), "-days", "9", "-subj", "/CN=authority"];
  await run("openssl", ["req", "-x509", ...ec, ...root]);
  const make = async (name: string, kind: readonly string[] = ec, days = "9") => {
    const files = ["-keyout", at(`${name}.key`), "-out", at(`${name}.csr`), "-subj", `/CN=${host}`];
    await run("openssl", ["req", "-new", ...kind, ...files]);
    await writeFile(at(`${name}.ext`), `subjectAltName=DNS:${host},DNS:localhost`);
    const by = ["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial", "-extfile", at(`${name}.ext`)];
    await run("openssl", ["x509", "-req", "-in", at(`${name}.csr`), ...by, "-days", days, "-out", at(`${name}.crt`)]);
    const own = await readFile(at(`${name}.crt`), "utf8");
    return {
      cert: `${own}${await readFile(at("ca.pem"), "utf8")}`,
      key: await readFile(at(`${name}.key`), "utf8"),
      fingerprint: new X509Certificate(own).fingerprint256,
    };
  };
  return { ca: await readFile(at("ca.pem"), "utf8"), make };
}

interface Answer {
  readonly status: number | undefined;
  readonly fingerprint: string | undefined;
}

/** A delivery as docker-delivery-hook's callers sign it. */
function deliver(scene: Scene, ca: string, { agent = new Agent(), secret = scene.hookSecret } = {}): Promise<Answer> {
  const body = JSON.stringify({ service: `${scene.project}/web` });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac("sha256", secret).update(body).update(timestamp).digest("hex");
  const headers = {
    ...{ "content-type": "application/json", "content-length": Buffer.byteLength(body) },
    ...{ "x-timestamp": timestamp, "x-signature": signature },
  };
  const { hostname, port } = new URL(scene.fairlead.hooksUrl);
  const to = { host: hostname, port, path: "/hooks/delivery-hook/pull", method: "POST" };
  return new Promise((resolve, reject) => {
    const sent = request({ ...to, headers, ca, servername: host, agent }, (response) => {
      const { socket, statusCode: status } = response;
      const fingerprint = socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : undefined;
      response.resume();
      response.on("end", () => {
        resolve({ status, fingerprint });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Fairlead with a service that serves, and hooks over TLS. */
async function open(scene: Scene, env: Readonly<Record<string, string>>): Promise<void> {
  const first = await scene.push({ version: "v1" });
  await scene.write({ web: {} });
  await scene.start({ env });
  await scene.untilServing(first.digest);
}

describe.concurrent("hooks over TLS of their own", () => {
  test("signed deliveries roll out; the certificate is replaced under them, in every way, and none is lost", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const authority = await authorityIn(scene.directory);
    const rsa = ["-newkey", "rsa:2048", "-nodes"];
    const [one, two, three] = [
      await authority.make("one", rsa),
      await authority.make("two"),
      await authority.make("three"),
    ];
    const [cert, key] = [`${scene.directory}/fullchain.pem`, `${scene.directory}/privkey.pem`];
    await writeFile(cert, one.cert);
    await writeFile(key, one.key, { mode: 0o600 });
    await open(scene, { FAIRLEAD_TLS_CERT: cert, FAIRLEAD_TLS_KEY: key });
    const { port } = new URL(scene.fairlead.hooksUrl);
    const listening = await scene.fairlead.waitForLog(({ msg }) => msg === "listening");
    expect(listening["hooks"]).toBe(`https://127.0.0.1:${port}`);
    expect(await deliver(scene, authority.ca)).toEqual({ status: 202, fingerprint: one.fingerprint });
    expect((await deliver(scene, authority.ca, { secret: "another" })).status).toBe(401);

    const seen = new Set<string | undefined>();
    const answers: (number | undefined)[] = [];
    const traffic = { on: true };
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => {
      kept.destroy();
    });
    const senders = [undefined, undefined, kept].map(async (agent) => {
      while (traffic.on) {
        const { status, fingerprint } = await deliver(scene, authority.ca, agent === undefined ? {} : { agent });
        answers.push(status);
        seen.add(fingerprint);
        await sleep(5);
      }
    });
    const inUse = ({ fingerprint }: { fingerprint: string }) =>
      scene.until("the new certificate", async () => (await deliver(scene, authority.ca)).fingerprint === fingerprint);

    // Written into, half at first: the warning comes, and the pair before stays.
    await writeFile(cert, two.cert.slice(0, 400));
    const refused = await scene.fairlead.waitForLog(({ msg }) => String(msg).startsWith("the new certificate is not"));
    expect(refused).toMatchObject({
      level: "warn",
      error: `FAIRLEAD_TLS_CERT: ${cert} is cut off: a block in it has no end`,
    });
    const during = await scene.metrics();
    expect(during.value("fairlead_tls_certificate_refused")).toBe(1);
    expect((await deliver(scene, authority.ca)).fingerprint).toBe(one.fingerprint);
    await writeFile(cert, two.cert);
    await writeFile(key, two.key);
    await inUse(two);

    // By links, as certbot does; and a rollout goes on at the same time.
    const second = await scene.push({ version: "v2" });
    await writeFile(`${cert}.2`, three.cert);
    await writeFile(`${key}.2`, three.key);
    for (const path of [cert, key]) {
      await symlink(`${path}.2`, `${path}.link`);
      await rename(`${path}.link`, path);
    }
    await inUse(three);
    await scene.untilServing(second.digest);
    traffic.on = false;
    await Promise.all(senders);
    expect(answers.length).toBeGreaterThan(10);
    expect(answers.filter((status) => status !== 202 && status !== 200)).toEqual([]);
    expect(seen).toEqual(new Set([one, two, three].map(({ fingerprint }) => fingerprint)));

    const metrics = await scene.metrics();
    expect(metrics.value("fairlead_tls_certificate_refused")).toBe(0);
    const until = Date.parse(new X509Certificate(three.cert).validTo) / 1000;
    expect(metrics.value("fairlead_tls_certificate_expiry_timestamp_seconds")).toBe(until);
    const said = await scene.everythingSaid();
    for (const pair of [one, two, three]) expect(said).not.toContain(pair.key.split("\n")[2]);
  });

  test("self-signed: made once, known by its fingerprint and its key, made anew where it is lost", async ({
    scene,
    expect,
  }) => {
    const env = { FAIRLEAD_TLS: "self-signed", FAIRLEAD_EXTERNAL_URL: `https://${host}` };
    await open(scene, env);
    const told = () => scene.logs().filter(({ pin, level }) => pin !== undefined && level === "info");
    const folder = `${scene.directory}/data/tls`;
    const certificate = new X509Certificate(await readFile(`${folder}/cert.pem`));
    expect(told()).toMatchObject([{ fingerprint: certificate.fingerprint256 }]);
    expect((await stat(`${folder}/key.pem`)).mode & 0o777).toBe(0o600);

    const { port } = new URL(scene.fairlead.hooksUrl);
    const curl = async (...args: string[]) => {
      const to = ["--resolve", `${host}:${port}:127.0.0.1`, `https://${host}:${port}/hooks/generic`];
      const what = ["-H", `Authorization: Bearer ${scene.hookSecret}`, "--json", `{"image":"${scene.image()}"}`];
      const fixed = ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "--noproxy", "*"];
      return run("curl", [...fixed, ...args, ...what, ...to]).then(
        ({ stdout }) => stdout,
        (failed: unknown) => `exit ${(failed as { code: number }).code}`,
      );
    };
    const pin = told()[0]!["pin"] as string;
    expect(await curl("--cacert", `${folder}/cert.pem`)).toBe("202");
    expect(await curl("--insecure", "--pinnedpubkey", pin)).toBe("202");
    expect(await curl("--insecure", "--pinnedpubkey", pin.replace(/\/\/../, "//AA"))).toBe("exit 90");
    expect(await curl()).toBe("exit 60");
    expect(await curl("--insecure", "--tlsv1.0", "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0")).toBe(
      "exit 35",
    );

    await scene.start({ env });
    expect(told()).toHaveLength(2);
    expect(told()[1]).toMatchObject({ fingerprint: certificate.fingerprint256, pin });
    await rm(`${folder}/cert.pem`);
    await scene.start({ env });
    expect(told()[2]!["pin"]).toBe(pin);
    expect(told()[2]!["fingerprint"]).not.toBe(certificate.fingerprint256);
    const warned = scene.logs().filter(({ msg }) => String(msg).startsWith("the self-signed certificate is a new one"));
    expect(warned).toMatchObject([{ level: "warn", fingerprint: told()[2]!["fingerprint"] }]);
    const key = await readFile(`${folder}/key.pem`, "utf8");
    expect(await scene.everythingSaid()).not.toContain(key.split("\n")[1]);
  });

  test("strangers who flood it, or do not speak TLS, hold up neither a rollout nor the admin address", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    await open(scene, { FAIRLEAD_TLS: "self-signed", FAIRLEAD_LOG_LEVEL: "debug" });
    const { port } = new URL(scene.fairlead.hooksUrl);
    const flood = `
      process.stdin.on("end", () => process.exit()).resume();
      const [tls, net] = [require("node:tls"), require("node:net")];
      const to = { host: "127.0.0.1", port: ${port}, rejectUnauthorized: false };
      const shake = () => { const s = tls.connect(to, () => s.destroy()); s.on("error", () => {}).on("close", shake); };
      const speak = (text) => { const s = net.connect(to, () => s.write(text)); s.on("error", () => {}).on("close", () => setTimeout(speak, 20, text)); };
      for (let n = 0; n < 40; n += 1) { shake(); speak("GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"); speak(""); speak("\\x16\\x03\\x01"); }`;
    const flooding = execFile(process.execPath, ["-e", flood]);
    onTestFinished(() => void flooding.kill("SIGKILL"));
    const failures = async () => (await scene.metrics()).value("fairlead_tls_handshake_failures_total") ?? 0;
    await scene.until("the flood", async () => (await failures()) > 100);
    const second = await scene.push({ version: "v2" });
    const ca = await readFile(`${scene.directory}/data/tls/cert.pem`, "utf8");
    await scene.until("a delivery that gets through", async () => {
      const agent = new Agent({ rejectUnauthorized: false });
      return (await deliver(scene, ca, { agent }).catch(() => undefined))?.status === 202;
    });
    await scene.untilServing(second.digest);
    expect(flooding.exitCode).toBe(null);
    expect((await fetch(`${scene.fairlead.adminUrl}/livez`)).status).toBe(200);
    const lines = scene.logs().filter(({ msg }) => msg === "connections ended before they spoke TLS");
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(20);
    expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(["debug"]));
    expect(scene.logs().filter(({ level }) => level === "error" || level === "fatal")).toEqual([]);
  });

  test("a pair that does not fit is an error at the start: what is wrong, where, and what to do", async ({
    scene,
    expect,
  }) => {
    const authority = await authorityIn(scene.directory);
    const [one, two] = [await authority.make("one"), await authority.make("two")];
    const [cert, key] = [`${scene.directory}/cert.pem`, `${scene.directory}/key.pem`];
    await scene.write({ web: {} });
    const tried = async (certText: string, keyText: string) => {
      await writeFile(cert, certText);
      await writeFile(key, keyText);
      const env = { FAIRLEAD_TLS_CERT: cert, FAIRLEAD_TLS_KEY: key };
      const fairlead = await scene.start({ env, awaitReady: false });
      const code = await fairlead.exited;
      return { code, said: `${fairlead.output.join("\n")}${JSON.stringify(fairlead.logs)}` };
    };
    const cases: readonly [string, string, string][] = [
      [
        one.cert,
        two.key,
        `the private key in FAIRLEAD_TLS_KEY: ${key} does not belong to the certificate in FAIRLEAD_TLS_CERT: ${cert}`,
      ],
      [one.key, one.cert, `FAIRLEAD_TLS_CERT: ${cert} holds a private key and no certificate`],
      [one.cert.slice(0, 200), one.key, `FAIRLEAD_TLS_CERT: ${cert} is cut off`],
    ];
    for (const [certText, keyText, message] of cases) {
      const { code, said } = await tried(certText, keyText);
      expect(code).toBe(1);
      expect(said).toContain(message);
      for (const secret of [one.key, two.key]) expect(said).not.toContain(secret.split("\n")[1]);
    }
  });
});
