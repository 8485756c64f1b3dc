import { given } from "../../tools/present.js";
import type { Asked } from "../cluster/asked.js";
import { checkForSwarm } from "../cluster/checks.js";
import { askedOf } from "../cluster/read-asked.js";
import { build } from "../container/build.js";
import { commandLine } from "../container/command.js";
import { containerOptions } from "../container/container-options.js";
import { alsoExposed } from "../container/expose.js";
import { healthcheck } from "../container/healthcheck.js";
import { ports, type DeclaredPort } from "../container/ports.js";
import { pullPolicy } from "../container/pull-policy.js";
import { endingOf } from "../container/restart.js";
import { signal } from "../container/signals.js";
import type { Declared } from "../declarations/declared.js";
import { isMapping, quoted, read, report, reportKey, type Node } from "../document/node.js";
import { labels } from "../document/pairs.js";
import { duration, filledText, parsed } from "../document/scalar.js";
import { fields, type Fields } from "../keys/fields.js";
import { afterKeys, beforeKeys, onRollbackKeys } from "../keys/job-keys.js";
import { extensionKeys } from "../keys/extension-keys.js";
import { deployKeys, serviceKeys } from "../keys/keys.js";
import { withoutEmptyTexts } from "../keys/optional-texts.js";
import { environmentOf, labelsOf } from "../load/env-files.js";
import type { NetworkSpec } from "../model/network.js";
import type { VolumeSpec } from "../model/mount.js";
import type { PullPolicy, ServiceSpec } from "../model/service.js";
import { variables } from "../model/container/variables.js";
import type { Content } from "../mounts/contents.js";
import { granted } from "../mounts/grants.js";
import { mounts } from "../mounts/mounts.js";
import { attachments } from "../networks/attachments.js";
import { hasNoPorts, networkMode } from "../networks/network-mode.js";
import { dependencies, type DeclaredDependency } from "../policy/dependencies.js";
import { deployment } from "../policy/deploy.js";
import { gate, impliedGate } from "../policy/gated.js";
import { hooks, preStartHooks } from "../policy/hooks.js";
import { jobs } from "../policy/job.js";
import { preStopHooks } from "../policy/leave.js";
import { links, withLinked, type Link } from "../policy/links.js";
import { preferences, preferred, type Preferences } from "../policy/preferences.js";
import { promotions } from "../policy/promote.js";
import { tagPolicy } from "../policy/tag-policy.js";
import { parseImage, type ImageReference } from "../values/image.js";
import { quote } from "../../tools/quote.js";
import { declaredBonds, type DeclaredBond } from "./sharing.js";

/** What a service's keys refer to. */
export interface Scope {
  readonly project: string;
  /** Absolute: where relative host paths begin. */
  readonly directory: string;
  readonly networks: Declared<NetworkSpec>;
  readonly volumes: Declared<VolumeSpec>;
  /** Of services that do not say it themselves. */
  readonly defaults: Preferences;
  readonly configs: Declared<Content>;
  readonly secrets: Declared<Content>;
}

/** A service as the file defines it, with the nodes that checks between services point at. */
export interface Definition {
  readonly spec: ServiceSpec;
  readonly node: Node;
  readonly ports: readonly DeclaredPort[];
  readonly dependencies: readonly DeclaredDependency[];
  readonly bonds: readonly DeclaredBond[];
  readonly links: readonly Link[];
  readonly containerName: Node | undefined;
  readonly networkMode: Node | undefined;
  /** Only where the file itself asks for one. */
  readonly gate: Node | undefined;
  readonly promote: Node | undefined;
  /** Only where a Swarm is to run it. */
  readonly cluster?: Asked;
}

const stopGracePeriodMs = 10_000;
const keepDefault = 1;
/** Suffixes by which container names tell the roles and jobs of a rollout. */
const roleSuffix = /\.(next|previous|failed|(?:before|pre_start|after|on_rollback)\.\d+)$/;

export function definition(name: string, node: Node, scope: Scope): Definition {
  const field = withoutEmptyTexts(fields(node, serviceKeys));
  const extension = read(field("x-fairlead"), (at) => fields(at, extensionKeys));
  const isSwarm = node.reading.engine === "swarm";
  const isTended = extension?.("reload") !== undefined || scope.defaults.reload !== undefined;
  const mounted = read(field("volumes"), (at) => mounts(at, { volumes: scope.volumes, isTended })) ?? [];
  const mode = networkMode(field);
  const published = read(field("ports"), ports) ?? [];
  const [declaredPorts, dropped] = hasNoPorts(mode) ? [[], published] : [published, []];
  const linked = read(field("links"), links) ?? [];
  const dependsOn = withLinked(read(field("depends_on"), dependencies) ?? [], linked);
  const deploy = deployed(field("deploy"));
  const demanded = containerOptions(field, deploy);
  const expose = alsoExposed(
    demanded.expose,
    dropped.map(({ port }) => port),
  );
  const options = expose.length === 0 ? demanded : { ...demanded, expose };
  const grants = granted([field("configs"), field("secrets")], scope, {
    mounts: mounted.map(({ mount }) => mount),
    ...options,
  });
  const volumes = new Set(mounted.flatMap(({ volume }) => (volume === undefined ? [] : [volume])));
  const graceMs = read(field("stop_grace_period"), duration) ?? stopGracePeriodMs;
  const own =
    extension === undefined
      ? {}
      : preferences(
          extension,
          mounted.map(({ mount }) => mount),
        );
  const told = preStopHooks(field("pre_stop"), extension?.("pre_stop"), graceMs);
  const said = told === undefined ? own : { ...own, leave: { ...own.leave, preStop: told } };
  const { adopt, keep = keepDefault, ...preference } = preferred(said, scope.defaults);
  const ending = endingOf(field("restart"), deploy("restart_policy"));
  const built = read(field("build"), (at) => build(at, options.platform));
  const named = image(node, field, { project: scope.project, name });
  const pulled = imagePolicy(field("pull_policy"), field("build"));
  const verified = extension?.("verify");
  if (verified !== undefined && built !== undefined) {
    reportKey(verified, "what is built here is signed by nobody", "remove it, or `build`");
  }
  const followed = { image: named, isBuilt: built !== undefined, pullPolicy: pulled };
  const policy = tagPolicy(extension?.("policy"), followed);
  const written: ServiceSpec = {
    project: scope.project,
    name,
    image: named,
    containerName: read(field("container_name"), containerName),
    container: {
      command: read(field("command"), commandLine),
      entrypoint: read(field("entrypoint"), commandLine),
      environment: variables(environmentOf(field("environment"), field("env_file"))),
      ports: declaredPorts.map(({ port }) => port),
      mounts: [...mounted.map(({ mount }) => mount), ...grants.mounts],
      labels: labelsOf(field("labels"), field("label_file")),
      restart: ending.restart,
      healthcheck: read(field("healthcheck"), healthcheck),
      user: read(field("user"), filledText),
      workingDir: read(field("working_dir"), absolutePath),
      stopGracePeriodMs: graceMs,
      stopSignal: read(field("stop_signal"), signal),
      ...options,
    },
    networks:
      mode === undefined
        ? attachments({ networks: field("networks"), macAddress: field("mac_address") }, name, scope.networks)
        : [],
    ...given({
      networkMode: mode,
      build: built,
      pullPolicy: pulled,
      policy,
      promote: promotions(extension?.("promote"), followed, policy),
    }),
    volumes: [...volumes],
    ...(grants.files.length === 0 ? {} : { files: grants.files }),
    dependsOn: dependsOn.map(({ dependency }) => dependency),
    ...deployment(deploy, field("scale")),
    ...(ending.mayEnd === true ? { mayEnd: true } : {}),
    ...preference,
    ...given({
      gate: read(extension?.("gate"), gate),
      preStart: notEmpty(read(field("pre_start"), preStartHooks)),
      postStart: notEmpty(read(field("post_start"), hooks)),
      before: read(extension?.("before"), (at) => jobs(at, beforeKeys)),
      after: read(extension?.("after"), (at) => jobs(at, afterKeys)),
      onRollback: read(extension?.("on_rollback"), (at) => jobs(at, onRollbackKeys)),
    }),
    keep,
    ...(adopt === true ? { adopt } : {}),
  };
  const implied = extension?.("gate") === undefined && !isSwarm ? impliedGate(written) : undefined;
  const asked = isSwarm ? askedOf(deploy, { ports: declaredPorts, restart: ending.restart, grants }) : undefined;
  if (asked !== undefined) {
    checkForSwarm({ spec: written, asked, node, field, deploy, ports: declaredPorts, mounts: mounted });
  }
  return {
    spec: implied === undefined ? written : { ...written, gate: implied },
    node,
    ports: declaredPorts,
    ...given({ cluster: asked }),
    dependencies: dependsOn,
    links: linked,
    bonds: declaredBonds(written, field),
    containerName: field("container_name"),
    networkMode: field("network_mode"),
    gate: extension?.("gate"),
    promote: extension?.("promote"),
  };
}

function notEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list?.length === 0 ? undefined : list;
}

/** Of an empty `deploy` nothing is read. */
function deployed(node: Node | undefined): Fields<typeof deployKeys> {
  const deploy = node === undefined || node.value === null ? () => undefined : fields(node, deployKeys);
  read(deploy("labels"), labels);
  return deploy;
}

/** Stands in for an image that has been reported; no result of such a file is ever used. */
const noImage: ImageReference = { registry: "", repository: "", tag: undefined, digest: undefined };

/** What is built comes from no registry: a policy that asks one says the opposite. */
function imagePolicy(node: Node | undefined, build: Node | undefined): PullPolicy | undefined {
  const policy = read(node, pullPolicy);
  if (node === undefined || policy === undefined) return undefined;
  if (policy.kind === "build" && build === undefined) report(node, "the service has no `build`", "write one");
  if (build !== undefined && policy.kind !== "build" && policy.kind !== "never") {
    report(node, "beside `build` the image comes from no registry", "remove it, or `build`");
  }
  return policy;
}

/** What the file names; beside `build`, Compose's `<project>-<service>` without it. */
function image(
  service: Node,
  field: Fields<typeof serviceKeys>,
  { project, name }: { readonly project: string; readonly name: string },
): ImageReference {
  const node = field("image");
  const built = field("build");
  if (node === undefined && built !== undefined) return builtImage(built, `${project}-${name}`.toLowerCase());
  // What Compose runs without an image is refused by its own name.
  if (node === undefined && isMapping(service.value) && !Object.hasOwn(service.value, "provider")) {
    const mayBeElsewhere = service.reading.isPartial === true;
    if (!mayBeElsewhere) reportKey(service, "`image` is missing", "every service needs an image, or a `build`");
  }
  const named = read(node, (at) => parsed(at, parseImage, "an image reference")) ?? noImage;
  if (node === undefined || built === undefined || named.digest === undefined) return named;
  report(node, "what is built has no digest yet", "write a tag, or remove `build`");
  return noImage;
}

function builtImage(build: Node, name: string): ImageReference {
  try {
    return parseImage(name);
  } catch {
    reportKey(build, `${quote(name)} is no name for an image`, "write `image` beside `build`");
    return noImage;
  }
}

function containerName(node: Node): string | null {
  const name = filledText(node);
  if (name === null) return null;
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
    return report(node, `${quoted(node)} is not a container name`, "use letters, digits, `.`, `_` and `-`");
  }
  const suffix = roleSuffix.exec(name)?.[0];
  if (suffix === undefined) return name;
  return report(node, `names that end in ${suffix} are Fairlead's own`, "choose another name");
}

function absolutePath(node: Node): string | null {
  const path = filledText(node);
  if (path === null || path.startsWith("/")) return path;
  return report(node, `${quoted(node)} is not an absolute path`);
}
