import { expect, it } from "vitest";
import { reasonOf } from "../../../../src/control/desired/reasons.js";
import { FairleadError } from "../../../../src/errors.js";
import type { ErrorCode } from "../../../../src/errors.js";
import type { Reason } from "../../../../src/plan/model/condition.js";
import type { StepKind } from "../../../../src/plan/model/step.js";

it.each<[ErrorCode, StepKind | undefined, Reason]>([
  ["RateLimited", "pull-image", "RateLimited"],
  ["PortConflict", "start-container", "PortConflict"],
  ["UnsupportedManifest", undefined, "ImageNotFound"],
  ["EngineUnreachable", "start-container", "EngineUnavailable"],
  ["EngineTooOld", undefined, "EngineUnavailable"],
  ["SwarmUnavailable", "start-container", "EngineUnavailable"],
  ["SwarmConflict", "start-container", "StartFailed"],
  ["NameTaken", undefined, "EngineRefused"],
  ["EngineRefused", undefined, "EngineRefused"],
  ["EngineRefused", "create-network", "NetworkConflict"],
  ["EngineRefused", "remove-network", "NetworkInUse"],
  ["EngineRefused", "pull-image", "PullFailed"],
  ["EngineRefused", "rehearse-start", "StartRefused"],
  ["EngineRefused", "create-container", "StartFailed"],
  ["EngineRefused", "set-routes", "GateUnavailable"],
  ["ContainerGone", "stop-container", "EngineRefused"],
  ["SpecInvalid", undefined, "SpecInvalid"],
  ["LeaseLost", "start-container", "NotObserved"],
  ["Internal", "start-container", "InternalError"],
])("%s while it was at %s is told as %s", (code, step, reason) => {
  expect(reasonOf(new FairleadError(code, "no"), step)).toBe(reason);
});
