import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { startDaemon } from "../../sandbox/engine/daemon.js";
import { patienceMs } from "../../sandbox/host/patience.js";

/** A key with a certificate of its own for 127.0.0.1, as PEM files. */
export interface Identity {
  readonly key: string;
  readonly certificate: string;
}

export async function makeIdentity(directory: string, name: string): Promise<Identity> {
  const identity = { key: `${directory}/${name}.key`, certificate: `${directory}/${name}.pem` };
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const subject = ["-days", "1", "-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1"];
  const files = ["-keyout", identity.key, "-out", identity.certificate];
  await promisify(execFile)("openssl", ["req", "-x509", ...curve, ...subject, ...files]);
  return identity;
}

export interface DistributionOptions {
  /** Under this directory lie its images; two may share them. */
  readonly directory: string;
  readonly auth?: object;
  readonly tls?: Identity;
}

/** The `docker-registry` program with the configuration keys that a test needs; it ends with the directory's janitor. */
export async function startDistribution({ directory, auth, tls }: DistributionOptions): Promise<string> {
  const name = `${directory}/distribution-${Math.random().toString(36).slice(2)}`;
  const certificates = tls === undefined ? {} : { tls: { certificate: tls.certificate, key: tls.key } };
  const configuration = {
    version: "0.1",
    log: { level: "info", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: `${directory}/images` } },
    http: { addr: "127.0.0.1:0", ...certificates },
    ...(auth === undefined ? {} : { auth }),
  };
  await writeFile(`${name}.json`, JSON.stringify(configuration));
  const logFile = `${name}.log`;
  const daemon = await startDaemon({ command: "docker-registry", args: ["serve", `${name}.json`], logFile });
  const listening = async (): Promise<string | undefined> =>
    /listening on (127\.0\.0\.1:\d+)/.exec(await readFile(logFile, "utf8"))?.[1];
  return daemon.until(listening, patienceMs);
}
