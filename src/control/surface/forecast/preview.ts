import { declarationHash, specHash } from "../../../compose/model/hash.js";
import { jobImages as imagesOfJobs } from "../../../compose/model/policy/job.js";
import { serviceKey } from "../../../compose/model/service.js";
import type { ProjectSpec, ServiceKey, ServiceSpec } from "../../../compose/model/service.js";
import { formatImage } from "../../../compose/values/image.js";
import type { Digest, ImageReference } from "../../../compose/values/image.js";
import { forecastAll as foretell } from "../../../plan/forecast.js";
import type { Forecast, Subject } from "../../../plan/forecast.js";
import { pinned } from "../../../plan/history/pin.js";
import { leftAlone } from "../../../plan/host/adopt.js";
import { strategyOf } from "../../../plan/judge/strategy.js";
import { notedChoice } from "../../../plan/model/desired.js";
import type { Target } from "../../../plan/model/desired.js";
import type { HostSnapshot } from "../../../plan/model/host/host-snapshot.js";
import type { ForeignContainer, ObservedContainer } from "../../../plan/model/host/observed.js";
import { isImageOf, viewOf } from "../../../plan/model/view.js";
import { shorten } from "../../../plan/steps/render.js";
import { given } from "../../../tools/present.js";
import { printable } from "../../../tools/printable.js";
import type { Signatures } from "../../signatures/signatures.js";
import type { Targets } from "../../desired/targets.js";
import { lookAtJobs, lookAtSignatures, verifiedTarget } from "../../signatures/look.js";
import { withWindow } from "../../desired/window.js";
import type { ServiceRecord } from "../../journal/record.js";
import { forecastRemovals } from "./removals.js";
import type { ServicePlan } from "./service-plan.js";

export interface PreviewOptions {
  /** As they are in force. */
  readonly projects: readonly ProjectSpec[];
  /** What no file declares any more is removed. */
  readonly prune: boolean;
  readonly host: HostSnapshot;
  /** The host as it would be if everything that could be adopted were. */
  readonly supposed: () => Promise<HostSnapshot>;
  readonly targets: Targets;
  readonly signatures: Signatures;
  readonly record: (key: ServiceKey) => ServiceRecord;
}

/** What a controller would do now for every service, to the end of each rollout. Nothing is changed. */
export async function forecastAll(given: PreviewOptions): Promise<readonly ServicePlan[]> {
  const specs = given.projects.flatMap(({ services }) => services);
  const options = { ...given, specs, host: onceWritten(given.host, specs) };
  const ways = await waysOn(options.host, options);
  const isObstructed = ways.some(({ end }) => end.standing === "obstructed");
  const host = isObstructed ? await options.supposed() : options.host;
  const supposed = isObstructed ? await waysOn(host, options) : [];
  const plans = ways.map((way, index) => previewOf(way, supposed[index], options.host));
  const left = leftAlone(specs, options.host).flatMap(previewOfLeft);
  return [...plans, ...forecastRemovals(options), ...left];
}

/** The host once those files of git hold what is new in them: their containers have not read it. */
function onceWritten(host: HostSnapshot, specs: readonly ServiceSpec[]): HostSnapshot {
  const due = new Map(
    specs.flatMap(({ reload }) =>
      (reload?.tended ?? []).flatMap((one) => (one.isDue ? [[one.path, one] as const] : [])),
    ),
  );
  if (due.size === 0) return host;
  const since = host.takenAt;
  const containers = host.containers.map((one): ObservedContainer => {
    const files = (one.mounts ?? []).flatMap(({ source }) => due.get(source) ?? []);
    const unread = files.map(({ path, content }) => ({
      path,
      change: "written" as const,
      since,
      identity: "",
      content,
    }));
    const others = (one.unread ?? []).filter(({ path }) => !due.has(path));
    return unread.length === 0 ? one : { ...one, unread: [...others, ...unread] };
  });
  return { ...host, containers };
}

function previewOfLeft({ name, compose }: ForeignContainer): ServicePlan[] {
  if (compose === undefined) return [];
  const { project, service } = compose;
  const left = `left alone: ${name}, which Docker Compose runs and no services file declares`;
  const text = [`${project}/${service}`, `  ${left}`].map((line) => printable(line)).join("\n");
  return [{ project, service, changes: false, text }];
}

function previewOf(way: Way, supposed: Way | undefined, host: HostSnapshot): ServicePlan {
  const { spec, changes, end } = way;
  const strategy = strategyOf(spec, viewOf(host, spec, new Map()));
  const head = `${spec.project}/${spec.name} ${formatImage(spec.image)} (${strategy.order}: ${strategy.because})`;
  const adopted = end.standing === "obstructed" && supposed?.active?.differences !== undefined ? supposed : undefined;
  const more = adopted === undefined ? [] : ["if it were adopted:", ...textOf(adopted).map((line) => `  ${line}`)];
  const text = [head, ...[...textOf(way), ...more].map((line) => `  ${printable(line)}`)].join("\n");
  const error = way.target.known || way.active !== undefined ? undefined : way.target.message;
  const declared = declarationHash(way.declared);
  return { project: spec.project, service: spec.name, changes, ...given({ error }), declared, text };
}

interface Way extends Forecast {
  /** As its file says it. */
  readonly declared: ServiceSpec;
  /** With the tag that is followed. */
  readonly spec: ServiceSpec;
  /** What its tag stands for, as far as that is known. */
  readonly target: Target;
  /** One that serves now. */
  readonly active: ObservedContainer | undefined;
}

interface Surroundings extends Pick<PreviewOptions, "targets" | "signatures" | "record"> {
  readonly specs: readonly ServiceSpec[];
}

/** Of all services together, in the order of `specs`. */
async function waysOn(host: HostSnapshot, options: Surroundings): Promise<readonly Way[]> {
  const { specs } = options;
  const subjects = await Promise.all(specs.map((spec) => subjectOn(host, spec, options)));
  const forecasts = foretell(subjects, host);
  return specs.flatMap((declared, index) => {
    const found = forecasts[index];
    const subject = subjects[index];
    if (found === undefined || subject === undefined) return [];
    const { desired, image } = subject;
    const { target } = desired;
    return [{ ...found, declared, spec: { ...declared, image }, target, active: activeOf(declared, host) }];
  });
}

interface Resolved extends Subject {
  /** With the tag that is followed, whatever is pinned. */
  readonly image: ImageReference;
}

async function subjectOn(
  host: HostSnapshot,
  declared: ServiceSpec,
  { targets, signatures: book, record }: Surroundings,
): Promise<Resolved> {
  const active = activeOf(declared, host);
  const { memory, sameContent } = record(serviceKey(declared.project, declared.name));
  const found = await targets.resolve(declared, host);
  const { image, choice } = found;
  const spec = { ...declared, image };
  const { containers } = viewOf(host, spec, new Map());
  const looked = await lookAtSignatures(book, spec, found.target, { containers, memory });
  const target = verifiedTarget(found.target, image, looked.signatures);
  const hash = specHash(spec);
  const known = target.known ? sameContent.filter(({ digest }) => digest === target.digest).map(({ as }) => as) : [];
  const same =
    target.known &&
    target.local !== true &&
    active?.specHash === hash &&
    (await isSame({ spec, digest: target.digest }, active, host, targets));
  const images = imagesOfJobs(spec).map(async (image) => ({
    image,
    ...(await targets.resolveJobImage(spec, image, host.images)),
  }));
  const ofJobs = await Promise.all(images);
  const { jobImages, signatures } = await lookAtJobs(book, spec, ofJobs, looked.signatures);
  const desired = {
    spec,
    specHash: hash,
    ...notedChoice(choice),
    jobImages,
    ...given({ signatures }),
    target: target.known
      ? { ...target, sameContent: [...target.sameContent, ...known, ...(same ? [active.digest] : [])] }
      : target,
  };
  return {
    image,
    desired: withWindow(pinned(desired, memory.pin), host.takenAt),
    memory: { ...memory, heals: new Map() },
  };
}

function textOf({ lines, end, active }: Way): readonly string[] {
  const body = lines.length === 0 ? [`nothing to do: ${shorten(end.because)}`] : lines;
  return [...describeAdoption(active), ...body];
}

/** Whether another digest amounts to what runs; where nobody can tell, a plan shows the rollout. */
async function isSame(
  { spec, digest }: { readonly spec: ServiceSpec; readonly digest: Digest },
  active: ObservedContainer,
  host: HostSnapshot,
  targets: Targets,
): Promise<boolean> {
  if (active.digest === digest || isImageOf(active, host.images, spec.image, digest)) return true;
  return targets.isSameContent(spec, digest, active).catch(() => false);
}

function describeAdoption(active: ObservedContainer | undefined): readonly string[] {
  if (active?.differences === undefined) return [];
  const { name, differences } = active;
  const verdict =
    differences.length === 0 ? "is what the file asks for" : `differs from the file in ${differences.join(", ")}`;
  return [`adopted: ${name} ${verdict}`];
}

function activeOf(spec: ServiceSpec, host: HostSnapshot): ObservedContainer | undefined {
  return host.containers.find(
    ({ project, service, role }) => project === spec.project && service === spec.name && role === "active",
  );
}
