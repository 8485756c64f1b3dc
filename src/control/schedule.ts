import { createTask, validate } from "node-cron";
import { FairleadError } from "../errors.js";
import type { Clock } from "./ports.js";

export interface ScheduleOptions {
  /** A cron expression of five or six fields. */
  readonly cron: string;
  /** Each tick waits up to this long, so that a fleet does not ask the registry in one second. */
  readonly jitterMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onTick: () => void;
}

export function checkCron(expression: string): void {
  if (validate(expression)) return;
  throw new FairleadError("ConfigInvalid", `"${expression}" is not a cron expression`, {
    remedy: 'write five fields, such as "*/5 * * * *" for every five minutes',
  });
}

/** Calls `onTick` by the clock on the wall until the answer is called. */
export function startSchedule(options: ScheduleOptions): () => void {
  checkCron(options.cron);
  const pending = new Set<() => void>();
  const task = createTask(options.cron, () => {
    const cancel = options.clock.after(options.random() * options.jitterMs, () => {
      pending.delete(cancel);
      options.onTick();
    });
    pending.add(cancel);
  });
  void task.start();
  return () => {
    void task.destroy();
    for (const cancel of pending) cancel();
  };
}
