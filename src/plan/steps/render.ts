import type { BuildContext } from "../../compose/model/container/build-spec.js";
import { withoutUrlSecrets } from "../../tools/mask.js";
import { printable } from "../../tools/printable.js";
import { isFollower } from "../model/host/observed.js";
import type { Plan } from "../model/outcome.js";
import { sharedNames } from "./shared.js";
import type { CreateContainerStep, NoteReloadStep, Route, Step, StepOf } from "../model/step.js";

/** One line a step, the same text in the dry run, the journal, the log and the tests. */
export function renderStep(step: Step): string {
  return `${describe(step)} (${step.because})`;
}

function describe(step: Step): string {
  switch (step.kind) {
    case "create-network":
      return `create network ${step.network.name}`;
    case "remove-network":
      return `remove network ${step.network}`;
    case "create-volume":
      return `create volume ${step.volume.name}`;
    case "pull-image":
      return `pull ${shorten(step.reference)}${step.platform === undefined ? "" : ` for ${step.platform}`}`;
    case "build-image":
      return `build ${step.name} from ${renderContext(step.build.context)}`;
    case "tag-image":
      return `tag ${shorten(step.source)} as ${step.tag}`;
    case "create-container":
      return `create ${step.name} from ${shorten(step.digest)}${renderAttachment(step.attach)}${renderOwners(step)}${renderInherited(step)}`;
    case "write-files":
      return `write ${step.files.map(({ origin, path }) => `${origin} to ${path}`).join(", ")} in ${step.container}`;
    case "connect-network":
      return `connect ${step.container}${renderAttachment(step)}`;
    case "disconnect-network":
      return `disconnect ${step.container} from ${step.network}`;
    case "rehearse-start":
      return `rehearse the start of ${step.container}`;
    case "start-container":
      return `start ${step.container}`;
    case "stop-container":
      return `stop ${step.container}, within ${step.graceMs / 1_000}s`;
    case "signal-container":
      return `send ${step.signal} to ${step.container}`;
    case "note-reload":
      return `note that ${step.container} ${step.failure === undefined ? "is well" : "is not well"} after its reload${renderBack(step)}`;
    case "pre-stop":
      return `run pre_stop in ${step.container}, within ${step.timeoutMs / 1_000}s`;
    case "post-start":
      return `run post_start in ${step.container}`;
    case "note-leaving":
      return `note that ${step.container} ${stages[step.stage]}`;
    case "set-restart-policy":
      return `set the restart policy of ${step.container} to ${step.policy.name}`;
    case "rename-container":
      return `rename ${step.container} to ${step.to}`;
    case "remove-container":
      return `remove ${step.container}${step.volumes === true ? " and the volumes made for it" : ""}`;
    case "remove-image":
      return `remove image ${shorten(step.reference)}`;
    case "set-routes":
      return `route at ${step.container}: ${step.routes.map(renderRoute).join(", ")}`;
    case "create-helper":
      return `create the helper ${step.name} from the container of this controller`;
    case "hand-over":
      return `hand over to the controller in ${step.name}`;
    case "note-refusal": {
      const { container, digest, job } = step.refusal;
      return `note that ${container} cannot be created${isFollower(job) ? "" : ` and hold ${shorten(digest)}`}`;
    }
    case "keep-logs":
      if (step.again === true) return `note that ${step.container} could not be started`;
      return `keep the last log lines of ${step.container}${isFollower(step.job) ? "" : ` and hold ${heldBy(step)}`}`;
  }
}

function heldBy({ digest, ranAnewAt }: StepOf<"keep-logs">): string {
  return ranAnewAt === undefined ? shorten(digest) : "the replaced files";
}

function renderRoute({ server, address, open }: Route): string {
  return `${server}${address === undefined ? "" : ` to ${address}`} ${open ? "open" : "closed"}`;
}

const stages = { replaced: "is being replaced", left: "has left", stays: "stays" } as const;

function renderOwners({ owners = [] }: CreateContainerStep): string {
  const texts = owners.map(
    ({ shared, name }) => `${shared === "volumes" ? "with" : "in"} the ${sharedNames[shared]} of ${name}`,
  );
  return texts.length === 0 ? "" : ` ${texts.join(", ")}`;
}

function renderInherited({ inherited = [] }: CreateContainerStep): string {
  const targets = inherited.map(({ target }) => target).join(", ");
  return targets === "" ? "" : ` with the volume${inherited.length === 1 ? "" : "s"} of the one before at ${targets}`;
}

/** Without the user information that a repository's URL may bear. */
export function renderContext(context: BuildContext): string {
  if (context.kind === "path") return context.path;
  const { ref, subdirectory } = context;
  const fragment = ref === undefined && subdirectory === undefined ? "" : `#${ref ?? ""}`;
  return `${withoutUrlSecrets(context.url)}${fragment}${subdirectory === undefined ? "" : `:${subdirectory}`}`;
}

function renderBack({ takeBack = [] }: NoteReloadStep): string {
  return takeBack.length === 0 ? "" : `, and take back what is new in ${takeBack.map(({ path }) => path).join(", ")}`;
}

function renderAttachment(
  attach: { readonly network: string; readonly aliases: readonly string[] } | undefined,
): string {
  if (attach === undefined) return "";
  return ` on ${attach.network}${attach.aliases.length === 0 ? " without an alias" : ` as ${attach.aliases.join(", ")}`}`;
}

/** As people read it, whoever wrote it: one line, and of digests the first twelve digits. */
export function shorten(text: string): string {
  return printable(text).replace(/sha256:([0-9a-f]{12})[0-9a-f]{52}/g, "sha256:$1");
}

/** Numbered steps and what comes after them. Deterministic: the tests compare it literally. */
export function renderPlan(plan: Plan): string {
  const lines = plan.steps.map((step, index) => `${index + 1}. ${shorten(renderStep(step))}`);
  return [...lines, `=> ${plan.outcome.kind}: ${plan.outcome.reason}: ${shorten(plan.outcome.because)}`].join("\n");
}
