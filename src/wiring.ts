import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { serviceKey } from "./compose/model/service.js";
import type { ServiceKey } from "./compose/model/service.js";
import type { Config } from "./config/config.js";
import { openContexts } from "./context/contexts.js";
import { Digests } from "./control/desired/digests.js";
import { patientFiles } from "./control/desired/patient-files.js";
import { Tags } from "./control/desired/tags.js";
import { Signatures } from "./control/signatures/signatures.js";
import { Targets } from "./control/desired/targets.js";
import { Journal } from "./control/journal/journal.js";
import { Adoption } from "./control/observed/adoption.js";
import { withoutAnswers } from "./control/observed/effective-health.js";
import { GateWatch } from "./control/observed/gate-watch.js";
import { MountWatch } from "./control/observed/mount-watch.js";
import { OtherLeases } from "./control/office/other-leases.js";
import type { Contexts } from "./control/ports/builds.js";
import type { Gates } from "./control/ports/gates.js";
import type { Log } from "./control/ports/log.js";
import type { Source, SourceSnapshot } from "./control/ports/source.js";
import type { SourceTelemetry } from "./control/ports/telemetry.js";
import { forecastAll } from "./control/surface/forecast/preview.js";
import type { Preview } from "./control/surface/surface.js";
import { systemClock } from "./control/time/clock.js";
import { inTime } from "./control/time/in-time.js";
import type { ConnectionBounds } from "./docker/client/endpoint.js";
import { draftFile, projectIn } from "./docker/draft/draft.js";
import type { Draft } from "./docker/draft/draft.js";
import { surveyHost } from "./docker/draft/survey.js";
import type { Choice } from "./docker/draft/survey.js";
import { connectEngine } from "./docker/engine.js";
import { connectCluster } from "./docker/swarm/cluster.js";
import type { DockerEngine } from "./docker/engine.js";
import { FairleadError } from "./errors.js";
import { connectGates } from "./gate/haproxy.js";
import { gitSource } from "./git/source.js";
import { untold } from "./git/untold.js";
import { hostFiles } from "./hostfiles/files.js";
import { silentLog } from "./console/log.js";
import { orphansOf } from "./plan/host/orphans.js";
import { ownContainer } from "./probe/self.js";
import { gitEnvironment } from "./process/child-environment.js";
import type { Environment } from "./process/environment.js";
import { previewRegistry } from "./registries.js";
import type { RegistryConnection } from "./registry/connect.js";
import { SecretCommands } from "./secrets/commands.js";
import { readKeys } from "./sops/keys.js";
import { fileSource } from "./source/file.js";
import type { PolicyInForce } from "./source/guard.js";
import { resolveFiles } from "./source/resolved.js";
import type { ResolvedFiles } from "./source/resolved.js";
import { checkOrigins } from "./source/origins.js";
import { together } from "./source/together.js";
import { whyNoFolder } from "./tools/files/folder.js";
import type { Secret } from "./tools/secret.js";
import { connectSwarm } from "./swarm/engine/engine.js";

/** How long a verb that only looks waits for the disk of the data directory. */
const diskPatienceMs = 2_000;

/** What a controller would do now, from a look at the host and the registry; changes nothing, needs no controller. */
export async function previewPlan(config: Config, environment: Environment): Promise<Preview> {
  const registry = previewRegistry(config, environment);
  try {
    const engine = engineOf(config, registry, silentLog);
    await checkData(config);
    const journal = await Journal.peek(config.data, silentLog);
    const { projects } = await sourceOf(config, environment, silentLog, { once: true }).load();
    const specs = projects.flatMap((project) => project.services);
    const record = (key: ServiceKey) => journal.record(key);
    const others = new OtherLeases({ marks: engine.marks, lease: config.lease, clock: systemClock, isSilent: true });
    const adoption = new Adoption({ engine, specs: () => specs, others, record, remember: () => Promise.resolve() });
    const digests = new Digests(registry, engine);
    const signatures = new Signatures({
      registry,
      platformOf: ({ container }) => digests.platformOf(container.platform),
      demands: config.signatureDemands(),
      clock: systemClock,
      // A verb that only looks writes nothing down.
      proofs: { of: (key) => record(key).verified, keep: () => Promise.resolve() },
      checked: () => undefined,
    });
    const targets = new Targets({
      digests,
      signatures,
      tags: new Tags(registry, digests),
      contexts: contextsOf(config, environment),
      builds: { asOf: () => new Map() },
      recordOf: record,
      // A verb that only looks writes nothing down.
      append: () => Promise.resolve(),
      clock: systemClock,
    });
    const gates = new GateWatch({ gates: gatesIn(engine), clock: systemClock, log: silentLog });
    const mounts = new MountWatch({
      files: patientFiles(hostFiles, systemClock),
      engine,
      journal: { record, append: () => Promise.resolve(true) },
      clock: systemClock,
      declared: (key) => specs.find(({ project, name }) => serviceKey(project, name) === key),
      onChange: () => undefined,
    });
    const host = await mounts.look(await gates.look(await adoption.look()));
    const plans = await forecastAll({
      projects,
      prune: config.prune,
      host: withoutAnswers(host, specs),
      supposed: async () => withoutAnswers(await adoption.look(true), specs),
      targets,
      signatures,
      record,
    });
    const remembers = await access(join(config.data, "journal"), constants.R_OK).then(
      () => true,
      () => false,
    );
    return { remembers, plans, orphans: orphansOf(projects, host) };
  } finally {
    await registry.close();
  }
}

/** A services file for what others run on the host. */
export async function draftServices(config: Config, choice: Choice, name: string | undefined): Promise<Draft> {
  const survey = await surveyHost(config.docker, choice);
  return draftFile(name ?? projectIn(survey) ?? "host", survey);
}

/** The projects of the services files as they are now. Throws FairleadError `ConfigInvalid` for a policy of files that are nowhere. */
export async function loadProjects(config: Config, environment: Environment): Promise<SourceSnapshot> {
  await checkPolicy(config);
  if (config.repositories.length > 0) await checkData(config);
  return sourceOf(config, environment, silentLog, { once: true }).load();
}

/** What has named the data directory is told where that can never be one. */
async function checkData({ data, places }: Config): Promise<void> {
  const fault = await inTime(whyNoFolder(data, false), systemClock, diskPatienceMs, () => undefined);
  if (fault === undefined) return;
  throw new FairleadError("ConfigInvalid", `${places.data}: ${fault.message}`, {
    remedy: fault.remedy,
    retry: "never",
  });
}

/** Where the policy is for another host, its files are there. */
async function checkPolicy({ policy, files, elsewhere = false }: Config): Promise<void> {
  if (policy !== undefined && !elsewhere) await checkOrigins(policy, files);
}

/** `once`: for one look, after which nothing of a repository is left behind. */
export function sourceOf(
  config: Config,
  environment: Environment,
  log: Log,
  { once = false, telemetry = untold }: { readonly once?: boolean; readonly telemetry?: SourceTelemetry } = {},
): Source {
  const { files, repositories, data } = config;
  const reading = readOptions(config, environment);
  const folder = join(data, "git");
  const git =
    repositories.length === 0 ? [] : [gitSource({ ...reading, repositories, folder, once, telemetry, log, hostFiles })];
  return together([...(files.length === 0 ? [] : [fileSource({ ...reading, files })]), ...git]);
}

/** The projects of the services files, each as one Compose file. */
export async function resolveProjects(config: Config, environment: Environment): Promise<ResolvedFiles> {
  await checkPolicy(config);
  if (config.files.length === 0 && config.repositories.length > 0) {
    throw new FairleadError(
      "ConfigInvalid",
      "the services files are in git, and only those of this host can be shown",
      {
        remedy: "clone the repository, and name its files with --file",
        retry: "never",
      },
    );
  }
  return resolveFiles(config.files, { ...readOptions(config, environment), isShown: true });
}

function readOptions(config: Config, environment: Environment) {
  const { profiles, engine, gateImage } = config;
  return { profiles, engine, gateImage, environment, policy: policyInForce(config), ...secretsOf(config) };
}

function secretsOf(config: Config) {
  return { ageKeys: () => ageKeysOf(config), commands: new SecretCommands(config.secretCommands) };
}

/** Read anew each time: a key that is renewed counts at once. */
async function ageKeysOf({ ageKeyFile, ageKeys }: Config): Promise<readonly Secret[]> {
  if (ageKeyFile === undefined) return ageKeys;
  return [...ageKeys, ...(await readKeys(ageKeyFile))];
}

/** Where an engine may be reached, and what it keeps: whoever has that has the host. */
const enginePaths = [
  "/var/run/docker.sock",
  "/run/docker.sock",
  "/var/run/podman/podman.sock",
  "/run/podman/podman.sock",
  "/var/run/containerd/containerd.sock",
  "/run/containerd/containerd.sock",
  "/var/run/crio/crio.sock",
  "/run/crio/crio.sock",
  "/var/lib/docker",
  "/var/lib/containerd",
  "/var/lib/containers",
];

function policyInForce({
  policy,
  docker,
  data,
  settingsFile,
  ageKeyFile,
  tls,
  elsewhere = false,
}: Config): PolicyInForce | undefined {
  if (policy === undefined) return undefined;
  const socket = docker.host?.startsWith("unix://") === true ? [docker.host.slice("unix://".length)] : [];
  const tlsKey = tls?.kind === "files" ? tls.key.path : undefined;
  const guarded = [data, settingsFile, ageKeyFile, tlsKey].flatMap((path) =>
    path === undefined ? [] : [resolve(path)],
  );
  return { policy, engine: [...new Set([...enginePaths, ...socket])], guarded, onHost: !elsewhere };
}

export function contextsOf(config: Config, environment: Environment): Contexts {
  return openContexts({ scratch: join(config.data, "build"), environment: gitEnvironment(environment) });
}

export function engineOf(
  config: Config,
  registry: RegistryConnection,
  log: Log,
  connections?: ConnectionBounds,
): DockerEngine {
  const credentials = (name: string) => registry.credentials(name);
  if (config.engine === "swarm") {
    const cluster = connectCluster({ ...config.docker, connections });
    return connectSwarm({ cluster, lease: config.lease, credentials, clock: { now: () => Date.now() } });
  }
  return connectEngine({
    ...config.docker,
    connections,
    credentials,
    own: ownContainer,
    helper: {
      lease: config.lease,
      user: userOf(process.getuid?.(), process.getgid?.()),
      readFile: (path) => readFile(path, "utf8").catch(() => undefined),
    },
    onWarning: (container, warning) => {
      log.warn({ container, warning }, "the engine has a warning about a new container");
    },
    onPodman: (notice) => {
      log.warn({}, notice);
    },
  });
}

/** Undefined: root, or a system without such users. */
function userOf(uid: number | undefined, gid: number | undefined) {
  return uid === undefined || gid === undefined || uid === 0 ? undefined : { uid, gid, home: homedir() };
}

export function gatesIn(engine: DockerEngine): Gates {
  return connectGates((...command) => engine.run(...command));
}
