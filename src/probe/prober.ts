import type { ProbeCheck } from "../compose/model/service.js";
import type { Engine, ExecResult } from "../control/ports/engine.js";
import type { ProbeAnswer, Prober, ProbeTarget } from "../control/ports/prober.js";
import { asFairleadError } from "../errors.js";
import { chooseAddress } from "./address.js";
import { askHttp } from "./http.js";
import type { Limits } from "./question.js";
import { ownContainer } from "./self.js";
import { askTcp } from "./tcp.js";
import { Vantage } from "./vantage.js";

export interface ProberOptions {
  readonly engine: Pick<Engine, "locate" | "exec">;
  /** For `User-Agent`. */
  readonly version: string;
  /** The id of the container this process runs in; default: what the kernel says. */
  readonly own?: () => Promise<string | undefined>;
}

/** Asks from where this process runs: on the host any container, in a container those on a network that both share. */
export function connectProber({ engine, version, own = ownContainer }: ProberOptions): Prober {
  const vantage = new Vantage(own, engine);
  const userAgent = `fairlead-probe/${version}`;

  async function askFromHere(
    { location }: ProbeTarget,
    check: Exclude<ProbeCheck, { kind: "exec" }>,
    limits: Limits,
  ): Promise<ProbeAnswer> {
    const standpoint = await vantage.get();
    const where = location?.kind === "container" ? await engine.locate(location.container) : location;
    const choice = chooseAddress(where, standpoint);
    if (choice.kind === "problem") return { kind: "unknown", message: choice.message };
    return check.kind === "tcp"
      ? askTcp(choice.address, check.port, limits)
      : askHttp(choice.address, check, limits, userAgent);
  }

  return {
    attempt: async (target, check, timeoutMs, signal): Promise<ProbeAnswer> => {
      try {
        if (check.kind === "exec")
          return judge(await engine.exec(target.container, check.command, timeoutMs), timeoutMs);
        const answer = await askFromHere(target, check, { timeoutMs, signal });
        // Somebody may be about to connect our container to a network, or has disconnected it.
        if (answer.kind !== "ready") vantage.forget();
        return answer;
      } catch (thrown) {
        const { message, remedy } = asFairleadError(thrown);
        const advice = remedy === undefined ? "" : ` (${remedy})`;
        return { kind: "unknown", message: `it cannot be asked: ${message}${advice}` };
      }
    },
  };
}

function judge(result: ExecResult, timeoutMs: number): ProbeAnswer {
  switch (result.kind) {
    case "ended": {
      if (result.exitCode === 0) return { kind: "ready" };
      const output = result.output === "" ? "" : `: ${result.output}`;
      return { kind: "failed", message: `the command ended with exit code ${result.exitCode}${output}` };
    }
    case "timed-out":
      return { kind: "failed", message: `the command did not end within ${timeoutMs / 1_000}s` };
    case "running":
      return { kind: "failed", message: "an earlier command that did not end in time still runs" };
  }
}
