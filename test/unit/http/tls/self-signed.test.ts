import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openTls } from "../../../../src/http/tls/open.js";
import { memoryLog } from "../harness.js";
import { dayMs, make, memoryTelemetry, temporaryFolder } from "./certificates.js";
import { eventually } from "../../../eventually.js";

async function open(data: string, { now = Date.now, names = ["0.0.0.0"] } = {}) {
  const [log, telemetry] = [memoryLog(), memoryTelemetry()];
  const options = { data, names, log, telemetry, now, pollMs: 10 };
  const kept = await openTls({ kind: "self-signed" }, options);
  const warnings = () => log.lines.filter(({ level }) => level === "warn");
  return { kept, pair: kept.pair, log, warnings };
}

const certOf = (data: string) => join(data, "tls", "cert.pem");
const keyOf = (data: string) => join(data, "tls", "key.pem");

describe("a self-signed certificate", () => {
  test("is made at the first start, of ECDSA on P-256, and its fingerprint is told", async () => {
    const data = temporaryFolder();
    const { pair, log } = await open(data, { names: ["::", "192.0.2.7", "hooks.example.org"] });
    const certificate = new X509Certificate(readFileSync(certOf(data)));
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    for (const name of ["localhost", "hooks.example.org"]) expect(certificate.checkHost(name)).toBe(name);
    for (const address of ["127.0.0.1", "::1", "192.0.2.7"]) expect(certificate.checkIP(address)).toBe(address);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(pair.notAfter - pair.notBefore).toBe(825 * dayMs);
    expect(log.lines).toMatchObject([
      { level: "info", fields: { fingerprint: certificate.fingerprint256, pin: pair.pin } },
    ]);
    expect(JSON.stringify(log.lines)).not.toContain("PRIVATE");
  });

  test("has a key that only its owner may read, also where somebody has changed that", async () => {
    const data = temporaryFolder();
    await open(data);
    expect(statSync(keyOf(data)).mode & 0o777).toBe(0o600);
    chmodSync(keyOf(data), 0o644);
    await open(data);
    expect(statSync(keyOf(data)).mode & 0o777).toBe(0o600);
  });

  test("is the same at each start", async () => {
    const data = temporaryFolder();
    const [one, other] = [await open(data), await open(data)];
    expect(other.pair.fingerprint).toBe(one.pair.fingerprint);
    expect(other.warnings()).toEqual([]);
  });

  test("has another serial number each time", async () => {
    const serials = await Promise.all(
      [temporaryFolder(), temporaryFolder()].map(async (data) => {
        await open(data);
        return new X509Certificate(readFileSync(certOf(data))).serialNumber;
      }),
    );
    expect(serials[0]).not.toBe(serials[1]);
    expect(serials[0]).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  test.each<[string, (data: string) => void, boolean]>([
    [
      "its certificate is lost",
      (data) => {
        rmSync(certOf(data));
      },
      true,
    ],
    [
      "its certificate is broken",
      (data) => {
        writeFileSync(certOf(data), "x");
      },
      true,
    ],
    [
      "its certificate is another's",
      (data) => {
        writeFileSync(certOf(data), make().cert);
      },
      true,
    ],
    [
      "its key is lost",
      (data) => {
        rmSync(keyOf(data));
      },
      false,
    ],
    [
      "its key is broken",
      (data) => {
        writeFileSync(keyOf(data), readFileSync(keyOf(data), "utf8").slice(0, 80));
      },
      false,
    ],
    [
      "both are lost",
      (data) => {
        rmSync(keyOf(data));
        rmSync(certOf(data));
      },
      false,
    ],
  ])("is made anew where %s, with a warning", async (_what, breakIt, keepsKey) => {
    const data = temporaryFolder();
    const before = await open(data);
    breakIt(data);
    const { pair, warnings } = await open(data);
    expect(pair.fingerprint).not.toBe(before.pair.fingerprint);
    expect(pair.pin === before.pair.pin).toBe(keepsKey);
    expect(warnings()).toMatchObject([
      {
        fields: { fingerprint: pair.fingerprint, pin: pair.pin, reason: expect.stringMatching(/./) as string },
        message: expect.stringContaining("fingerprint") as string,
      },
    ]);
    expect((await open(data)).pair.fingerprint).toBe(pair.fingerprint);
  });

  test("is renewed before it ends, with the same key: at a start, and while it is in use", async () => {
    const data = temporaryFolder();
    const clock = { now: Date.now() };
    const first = await open(data, { now: () => clock.now });
    clock.now += 796 * dayMs;
    const second = await open(data, { now: () => clock.now });
    expect(second.pair.fingerprint).not.toBe(first.pair.fingerprint);
    expect(second.pair.pin).toBe(first.pair.pin);
    expect(second.warnings()).toHaveLength(1);

    const taken: string[] = [];
    const end = new AbortController();
    onTestFinished(() => {
      end.abort();
    });
    second.kept.watch(({ pin }) => taken.push(pin), end.signal);
    clock.now += 796 * dayMs;
    await eventually(() => {
      expect(taken).toEqual([first.pair.pin]);
    });
    expect(second.kept.pair.notAfter).toBeGreaterThan(clock.now + 700 * dayMs);
    expect(second.warnings()).toHaveLength(2);
  });

  test("that was made by a clock in the future is made anew", async () => {
    const data = temporaryFolder();
    const first = await open(data, { now: () => Date.now() + 400 * dayMs });
    const second = await open(data);
    expect(second.pair.fingerprint).not.toBe(first.pair.fingerprint);
    expect(second.pair.notBefore).toBeLessThan(Date.now());
  });

  test("that cannot be kept is an error with its place", async () => {
    const data = temporaryFolder();
    writeFileSync(join(data, "tls"), "");
    await expect(open(data)).rejects.toMatchObject({
      code: "ConfigInvalid",
      message: expect.stringContaining(join(data, "tls")) as string,
      remedy: expect.stringContaining("--data") as string,
    });
  });

  test("an empty folder is one that was lost", async () => {
    const data = temporaryFolder();
    mkdirSync(join(data, "tls"));
    expect((await open(data)).warnings()).toHaveLength(1);
  });

  test("OpenSSL finds nothing odd about it", async ({ skip }) => {
    const data = temporaryFolder();
    await open(data);
    const openssl = (...args: string[]) => execFileSync("openssl", args, { encoding: "utf8" });
    try {
      openssl("version");
    } catch {
      skip("no openssl here");
    }
    expect(openssl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", certOf(data), certOf(data))).toMatch(
      /OK/,
    );
    expect(openssl("x509", "-in", certOf(data), "-noout", "-text")).toMatch(
      /ecdsa-with-SHA256[\s\S]*CA:FALSE[\s\S]*DNS:localhost/,
    );
  });
});
