import { setTimeout as sleep } from "node:timers/promises";
import { asFairleadError } from "../../errors.js";
import { shorten } from "../../plan/steps/render.js";
import { ask, findService, type Service } from "../shared/admin.js";
import type { Admin } from "../shared/admin.js";
import { polled } from "../shared/address.js";
import { standingOf, verdictOf } from "../shared/verdict.js";
import type { Wiring } from "../shared/wiring.js";

const pollMs = 500;

export interface WaitFlags {
  readonly timeoutMs: number;
  /** What it is pinned to is what is waited for. */
  readonly rollback?: boolean;
}

/**
 * Has the service looked at, and waits until it runs what is wanted, saying on standard error what it waits for: what the file
 * and the tag want, or what a rollback has pinned it to. Exit 0: it does. 3: it will not without a person, for it was rolled
 * back, is held, pinned, paused, stopped, or waits for an approval. 4: the time is up.
 */
export async function wait(wiring: Wiring, admin: Admin, name: string, flags: WaitFlags): Promise<0 | 3 | 4> {
  const deadline = performance.now() + flags.timeoutMs;
  const asked = polled(admin);
  const before = await findService(asked, name);
  const path = { project: before.project, service: before.service };
  await ask(admin, "post", "/api/v1/services/{project}/{service}/reconcile", { path });
  let told = "";
  for (;;) {
    const service = await seek(asked, name, deadline);
    // What was seen before says nothing of a push since.
    const isNew = service.observedAt !== before.observedAt;
    const code = isNew ? endOf(service, flags.rollback ?? false) : undefined;
    const line = lineOf(service);
    if (code !== undefined || performance.now() >= deadline) {
      if (code === 0) wiring.print(line);
      else wiring.complain(line);
      return code ?? 4;
    }
    if (isNew && line !== told) {
      wiring.complain(`waiting: ${line}`);
      told = line;
    }
    await sleep(Math.min(pollMs, Math.max(0, deadline - performance.now())));
  }
}

function lineOf(service: Service): string {
  return `${service.project}/${service.service}: ${shorten(standingOf(service))}`;
}

/** A controller that replaces itself is away for some seconds. */
async function seek(admin: Admin, name: string, deadline: number): Promise<Service> {
  for (;;) {
    try {
      return await findService(admin, name);
    } catch (thrown) {
      if (asFairleadError(thrown).code !== "ApiUnreachable" || performance.now() >= deadline) throw thrown;
      await sleep(pollMs);
    }
  }
}

/** Undefined: it may still come. */
function endOf(service: Service, isRollback: boolean): 0 | 3 | undefined {
  return isRollback ? rollbackVerdict(service) : verdictOf(service);
}

const ends: ReadonlySet<string | undefined> = new Set(["DigestHeld", "RollbackFailed", "Stopped"]);

/** Without a pin there is none to follow: somebody has resumed it. */
function rollbackVerdict({ sync, conditions, replicas }: Service): 0 | 3 | undefined {
  const ready = conditions.find(({ type }) => type === "Ready");
  if (sync !== "Pinned" || ends.has(ready?.reason)) return 3;
  return ready?.status === "True" && replicas.updated === replicas.desired ? 0 : undefined;
}
