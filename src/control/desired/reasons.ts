import { asFairleadError } from "../../errors.js";
import type { FairleadError } from "../../errors.js";
import type { Reason } from "../../plan/model/condition.js";
import type { UnknownTarget } from "../../plan/model/desired.js";
import type { StepKind } from "../../plan/model/step.js";

/** The condition's reason for what the outside world refused; `step`: what was being done, where that is a step. */
export function reasonOf(error: FairleadError, step?: StepKind): Reason {
  switch (error.code) {
    case "ImageNotFound":
    case "Unauthorized":
    case "RateLimited":
    case "RegistryUnavailable":
    case "TagsUnlisted":
    case "SignatureInvalid":
    case "SignatureMissing":
    case "SignatureUnavailable":
    case "PushRefused":
    case "PullFailed":
    case "BuildFailed":
    case "NameConflict":
    case "PortConflict":
    case "AddressConflict":
      return error.code;
    case "UnsupportedManifest":
      return "ImageNotFound";
    case "EngineUnreachable":
    case "EngineTooOld":
    case "SwarmUnavailable":
      return "EngineUnavailable";
    case "EngineRefused":
    case "ContainerGone":
    case "SwarmConflict":
    case "NameTaken":
      return step === undefined ? "EngineRefused" : reasonOfStep[step];
    case "ConfigInvalid":
    case "SourceUnavailable":
    case "SpecInvalid":
      return "SpecInvalid";
    case "AlreadyRunning":
    case "LeaseLost":
      return "NotObserved";
    case "ApiUnreachable":
    case "NotTold":
    case "RevisionUnknown":
    case "NotAwaited":
    case "LogUnreadable":
    case "Internal":
      return "InternalError";
  }
}

/** What is not known of a target since this was thrown, and the other side's own wish (Retry-After). */
export function unknownBy(thrown: unknown): { readonly target: UnknownTarget; readonly retryAfterMs: number } {
  const error = asFairleadError(thrown);
  const remedy = error.remedy === undefined ? "" : ` (${error.remedy})`;
  const target = { known: false, reason: reasonOf(error), message: `${error.message}${remedy}` } as const;
  return { target, retryAfterMs: error.retryAfterMs ?? 0 };
}

/** What it means for the service that such a step is refused, where the error itself does not say more. */
const reasonOfStep: Readonly<Record<StepKind, Reason>> = {
  "create-network": "NetworkConflict",
  "remove-network": "NetworkInUse",
  "create-volume": "StartFailed",
  "pull-image": "PullFailed",
  "build-image": "BuildFailed",
  "create-container": "StartFailed",
  "write-files": "StartFailed",
  "connect-network": "StartFailed",
  "rehearse-start": "StartRefused",
  "start-container": "StartFailed",
  "post-start": "StartFailed",
  "set-routes": "GateUnavailable",
  "disconnect-network": "EngineRefused",
  "stop-container": "EngineRefused",
  "signal-container": "EngineRefused",
  "pre-stop": "EngineRefused",
  "set-restart-policy": "EngineRefused",
  "rename-container": "EngineRefused",
  "remove-container": "EngineRefused",
  "tag-image": "EngineRefused",
  "remove-image": "EngineRefused",
  "keep-logs": "EngineRefused",
  "note-leaving": "EngineRefused",
  "note-refusal": "EngineRefused",
  "note-reload": "EngineRefused",
  "create-helper": "OwnLifeline",
  "hand-over": "OwnLifeline",
};
