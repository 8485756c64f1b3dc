import type { ProbeAnswer, Prober } from "../../src/control/ports/prober.js";
import type { ObservedContainer } from "../../src/plan/model/host/observed.js";
import type { SimulatedEngine } from "./engine.js";

/** Asks the containers of a simulated host. Every one is ready as soon as it runs, until `answer` says something else. */
export class SimulatedProber implements Prober {
  answer: (container: ObservedContainer, runningMs: number) => ProbeAnswer | "hangs" = () => ({ kind: "ready" });
  /** Names of the containers that were asked, in order. */
  readonly asked: string[] = [];
  underWay = 0;
  most = 0;

  constructor(private readonly engine: SimulatedEngine) {}

  attempt: Prober["attempt"] = async ({ container }, _check, timeoutMs, signal) => {
    const { world, clock } = this.engine;
    const found = world.find(container);
    if (found?.state !== "running") return { kind: "failed", message: "connection refused" };
    this.asked.push(found.name);
    this.underWay += 1;
    this.most = Math.max(this.most, this.underWay);
    const answer = this.answer(found, clock.now() - (found.startedAt ?? 0));
    if (answer === "hangs") {
      await new Promise<void>((resolve) => {
        clock.after(timeoutMs, resolve);
        signal.addEventListener("abort", () => {
          resolve();
        });
      });
    }
    this.underWay -= 1;
    return answer === "hangs" ? { kind: "failed", message: "no answer" } : answer;
  };
}
