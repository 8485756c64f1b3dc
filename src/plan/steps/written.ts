import type { ServiceSpec } from "../../compose/model/service.js";
import type { Desired } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { StepOf } from "../model/step.js";

/** All that its spec says is in a new container. */
export function writeFiles(
  container: string,
  { files = [], rewritable }: ServiceSpec,
): readonly StepOf<"write-files">[] {
  const all = [...files, ...(rewritable?.files ?? [])];
  if (all.length === 0) return [];
  const config = rewritable === undefined ? {} : { config: rewritable.config };
  return [{ kind: "write-files", container, files: all, ...config, because: "they are to be there when it starts" }];
}

/** What may change under a container, in one that ran before and starts again: it cannot be asked what it has. */
export function writeAgain(container: ObservedContainer, desired: Desired): readonly StepOf<"write-files">[] {
  if (container.state === "created") return [];
  return writeRewritable(container, desired, "it is to start with what the file says now");
}

/** The same in one that runs and says that it has something else. */
export function rewrite(container: ObservedContainer, desired: Desired): readonly StepOf<"write-files">[] {
  const found = container.gate?.state?.config;
  if (found === undefined || found === desired.spec.rewritable?.config) return [];
  return writeRewritable(container, desired, "it is to find its way by itself when it starts the next time");
}

function writeRewritable(
  { name, specHash }: ObservedContainer,
  desired: Desired,
  because: string,
): readonly StepOf<"write-files">[] {
  const { rewritable } = desired.spec;
  if (rewritable === undefined || specHash !== desired.specHash) return [];
  return [{ kind: "write-files", container: name, ...rewritable, because }];
}
