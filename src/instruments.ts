import { X509Certificate } from "node:crypto";
import { constants } from "node:fs";
import { access, readdir, readFile, stat, statfs } from "node:fs/promises";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { ask, fetchOverview } from "./cli/shared/admin.js";
import type { Admin } from "./cli/shared/admin.js";
import { formatProblem } from "./compose/values/problem.js";
import type { Config } from "./config/config.js";
import { Journal } from "./control/journal/journal.js";
import { journalNotice } from "./control/journal/standing.js";
import { identityOf } from "./control/office/directory-disk.js";
import { describeHolder, parseHolder } from "./control/office/holder.js";
import type { Holder } from "./control/office/holder.js";
import type { Log } from "./control/ports/log.js";
import { engineNotices } from "./control/surface/engine-state.js";
import { aboutEngine, socketOf } from "./docker/calls/about.js";
import type {
  CertificateReport,
  DeliveryReport,
  Instruments,
  JournalReport,
  LeaseReport,
} from "./doctor/instruments.js";
import { silentLog } from "./console/log.js";
import { helperEnvironment } from "./process/child-environment.js";
import type { Environment } from "./process/environment.js";
import { systemProxy } from "./process/system-proxy.js";
import { connectRegistry } from "./registry/connect.js";
import type { RegistryConnection } from "./registry/connect.js";
import { registryReports } from "./registry-reports.js";
import { codeOf } from "./tools/files/file-fault.js";
import { whyNoFolder } from "./tools/files/folder.js";
import { isLoopback } from "./tools/loopback.js";
import { given } from "./tools/present.js";
import { readVersion } from "./version.js";
import { engineOf, sourceOf } from "./wiring.js";

/** What `fairlead doctor` sees by, on this host. */
export function openInstruments(
  config: Config,
  environment: Environment,
  admin: Admin,
): Instruments & { close(): Promise<void> } {
  const pulls = new Map<string, number>();
  const proxyFor = systemProxy(environment);
  const registry: RegistryConnection = connectRegistry({
    ...{ settings: config.registries, dockerConfig: config.docker.config, proxyFor },
    helperEnvironment: helperEnvironment(environment),
    telemetry: {
      requested: () => undefined,
      pullsRemaining: (name, count) => pulls.set(name, count),
    },
  });
  const { data, places, lease, externalUrl } = config;
  const engine = once(() => aboutEngine(config.docker));
  const source = once(() => Promise.resolve(sourceOf(config, environment, silentLog, { once: true })));
  const snapshot = once(async () => (await source()).load());
  const registries = once(async () =>
    registryReports((await snapshot()).projects, { registry, settings: config.registries, pulls }),
  );
  return {
    ...{ now: Date.now, data: { path: data, place: places.data }, version: readVersion(), lease, externalUrl },
    engine: async () => {
      const { date, ...about } = await engine();
      // A Date header has whole seconds: it is half a second old as a rule.
      const aheadMs = date === undefined || Number.isNaN(Date.parse(date)) ? 0 : Date.now() - Date.parse(date) - 500;
      return { ...about, aheadMs };
    },
    socket: async () => {
      const path = socketOf(config.docker);
      if (path === undefined) return undefined;
      const code = await access(path, constants.R_OK | constants.W_OK).then(() => undefined, codeOf);
      return { path, code };
    },
    space: async (path) => {
      const found = await statfs(path).catch(() => undefined);
      if (found === undefined) return undefined;
      const { bsize, blocks, bavail, files, ffree } = found;
      return { free: bavail * bsize, total: blocks * bsize, freeFiles: ffree, totalFiles: files };
    },
    dataFault: () => whyNoFolder(data, true),
    journal: () => journalIn(data),
    files: async () => {
      const { projects, problems } = await snapshot();
      const services = projects.reduce((sum, project) => sum + project.services.length, 0);
      return { projects: projects.length, services, problems: problems.map(formatProblem) };
    },
    registries,
    repositories: async () => {
      if (config.repositories.length === 0) return [];
      await snapshot();
      return ((await source()).repositories?.() ?? []).map(({ source: name, ref, condition }) => ({
        ...{ source: name, ref, isReached: condition.status === "True", message: condition.message },
      }));
    },
    hosts: async () => {
      const named = (await registries().catch(() => [])).map(({ host }) => `https://${host}`);
      const urls = [...named, ...config.repositories.flatMap(({ address }) => urlOf(address.url)), externalUrl ?? []];
      const open = await Promise.all(
        urls.flat().map(async (url) => ((await proxyFor?.(new URL(url))) === undefined ? [new URL(url).hostname] : [])),
      );
      const hosts = open.flat().filter((host) => isIP(host.replace(/^\[|\]$/g, "")) === 0 && !isLoopback(host));
      return [...new Set(hosts)].sort();
    },
    resolve: (host) => lookup(host),
    controller: once(() => controllerAt(admin)),
    deliver: () => deliveryBy(admin),
    certificates: () => certificatesOf(config),
    leases: async () => {
      const marks = await engineOf(config, registry, silentLog).marks.list("");
      const identity = await stat(data).then(identityOf, () => undefined);
      return leasesIn(marks, identity);
    },
    close: () => registry.close(),
  };
}

function once<T>(look: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => (found ??= look());
}

/** Of a repository that is reached over a network. */
function urlOf(address: string): readonly string[] {
  if (URL.canParse(address)) return [address];
  const host = /^(?:[^@/]+@)?([\w.-]+):/.exec(address)?.[1];
  return host === undefined ? [] : [`ssh://${host}`];
}

async function controllerAt(admin: Admin) {
  const [overview, document] = await Promise.all([
    fetchOverview(admin),
    ask(admin, "get", "/api/v1/openapi.json", {}) as Promise<{ readonly info?: { readonly version: string } }>,
  ]);
  const { journal, engine } = overview;
  const notices = [journalNotice(journal) ?? [], engine === undefined ? [] : engineNotices(engine)].flat();
  return { address: admin.url, version: document.info?.version ?? "unknown", notices };
}

/** An older controller knows no such thing, and refuses. */
async function deliveryBy(admin: Admin): Promise<DeliveryReport | undefined> {
  const { url, ...report } = await ask(admin, "post", "/api/v1/self-delivery", {});
  return url === undefined ? undefined : { ...report, url };
}

async function journalIn(data: string): Promise<JournalReport> {
  const damage: string[] = [];
  const note = (fields: object, message: string) => {
    const { file, lines, error } = fields as Readonly<Record<"file" | "lines" | "error", string | number | undefined>>;
    const details = [file, lines === undefined ? undefined : `${String(lines)} lines`, error];
    const told = details.flatMap((one) => (one === undefined ? [] : [String(one)])).join(", ");
    damage.push(told === "" ? message : `${told}: ${message}`);
  };
  const log: Log = { ...silentLog, warn: note, error: note };
  await Journal.peek(data, log);
  const asideFolder = join(data, "journal-unreadable");
  const putAside = (await readdir(asideFolder).catch(() => [])).length;
  const exists = await access(join(data, "journal")).then(
    () => true,
    () => false,
  );
  return { exists, damage, putAside, asideFolder };
}

async function certificatesOf({ tls, data, docker, externalUrl }: Config): Promise<readonly CertificateReport[]> {
  const renew = "renew it, with the tool that has made it; the controller takes the new one by itself";
  const ofHooks =
    tls === undefined
      ? []
      : tls.kind === "files"
        ? await readCertificate(`of the hooks (${tls.cert.path})`, tls.cert.path, renew)
        : await readCertificate(
            "of the hooks",
            join(data, "tls", "cert.pem"),
            "start the controller: it makes a new one",
          );
  const { certPath, tlsVerify } = docker;
  const forEngine =
    !tlsVerify || certPath === undefined || certPath === ""
      ? []
      : await readCertificate(
          `for the engine (${certPath}/cert.pem)`,
          join(certPath, "cert.pem"),
          "have a new one made for it",
        );
  const outside =
    externalUrl?.startsWith("https://") === true
      ? await shownCertificate(externalUrl, "renew it, where TLS ends: in the proxy before the hooks, or here").catch(
          () => [],
        )
      : [];
  return [...ofHooks, ...forEngine, ...outside];
}

/** One that is not there or cannot be read is no certificate to believe; others tell of that. */
async function readCertificate(what: string, path: string, remedy: string): Promise<readonly CertificateReport[]> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? [] : [reportOn(what, new X509Certificate(text), remedy)];
}

const handshakeMs = 5_000;

/** The one that whoever answers there shows, believed or not. */
function shownCertificate(url: string, remedy: string): Promise<readonly CertificateReport[]> {
  const { hostname: host, port } = new URL(url);
  const servername = isIP(host.replace(/^\[|\]$/g, "")) === 0 ? { servername: host } : {};
  return new Promise((resolve, reject) => {
    const options = { host: host.replace(/^\[|\]$/g, ""), port: port === "" ? 443 : Number(port), ...servername };
    const socket = connect({ ...options, rejectUnauthorized: false }, () => {
      const shown = socket.getPeerX509Certificate();
      socket.destroy();
      resolve(shown === undefined ? [] : [reportOn(`of ${new URL(url).host}`, shown, remedy)]);
    });
    socket.setTimeout(handshakeMs, () => socket.destroy(new Error("it takes too long")));
    socket.on("error", reject);
  });
}

function reportOn(what: string, { validFrom, validTo }: X509Certificate, remedy: string): CertificateReport {
  return { what, notBefore: Date.parse(validFrom), notAfter: Date.parse(validTo), remedy };
}

function leasesIn(
  marks: ReadonlyMap<string, string | undefined>,
  identity: string | undefined,
): readonly LeaseReport[] {
  const highest = new Map<string, number>();
  for (const name of marks.keys()) {
    const [, lease = "", number = ""] = /^(.+)\.(\d{1,15})$/.exec(name) ?? [];
    if (lease !== "") highest.set(lease, Math.max(Number(number), highest.get(lease) ?? 0));
  }
  return [...highest]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([lease, number]) => {
      const holder = parseHolder(marks.get(`${lease}.${number}`));
      const isOfThisDirectory =
        holder?.directory === undefined || identity === undefined ? undefined : holder.directory === identity;
      return { lease, holder: describeHolder(holder), ...given({ isOfThisDirectory }), isGone: isGone(holder) };
    });
}

/** Of a process on this host that is in no container, it can be seen. */
function isGone(holder: Holder | undefined): boolean {
  if (holder?.host !== hostname() || holder.container !== undefined) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (thrown) {
    return codeOf(thrown) === "ESRCH";
  }
}
