import { setTimeout as sleep } from "node:timers/promises";
import { asFairleadError } from "../../errors.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import { shorten } from "../../plan/steps/render.js";
import { ask, findService, servicePath } from "../shared/admin.js";
import type { Admin } from "../shared/admin.js";
import type { Wiring } from "../shared/wiring.js";

const pollMs = 500;

/**
 * Has the service looked at, and waits until it runs what the file and the tag want. Exit 0: it does. 3: it will not without a
 * person, for it was rolled back, is held, pinned, paused, stopped, or waits for an approval. 4: the time is up.
 */
export async function wait(wiring: Wiring, admin: Admin, name: string, timeoutMs: number): Promise<0 | 3 | 4> {
  const deadline = performance.now() + timeoutMs;
  const before = await findService(admin, name);
  await ask(admin, "POST", servicePath(before, "reconcile"));
  for (;;) {
    const service = await seek(admin, name, deadline);
    // What was seen before says nothing of a push since.
    const code = service.observedAt === before.observedAt ? undefined : verdictOf(service);
    if (code !== undefined || performance.now() >= deadline) {
      const ready = service.conditions.find(({ type }) => type === "Ready");
      const told = `${service.project}/${service.service}: ${service.sync}: ${shorten(ready?.message ?? "")}`;
      if (code === 0) wiring.print(told);
      else wiring.complain(told);
      return code ?? 4;
    }
    await sleep(Math.min(pollMs, Math.max(0, deadline - performance.now())));
  }
}

/** A controller that replaces itself is away for some seconds. */
async function seek(admin: Admin, name: string, deadline: number): Promise<ServiceStatus> {
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
function verdictOf({ sync, conditions }: ServiceStatus): 0 | 3 | undefined {
  const ready = conditions.find(({ type }) => type === "Ready");
  const isPending = ready?.status !== "True";
  if (sync === "Pinned" || sync === "Held" || sync === "Stopped" || ready?.reason === "WaitingForApproval") return 3;
  if (isPending) return sync === "Paused" && ready?.reason === "Paused" ? 3 : undefined;
  return sync === "Synced" || sync === "Paused" ? 0 : undefined;
}
