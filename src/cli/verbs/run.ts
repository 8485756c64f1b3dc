import type { Config } from "../../config/config.js";
import { refuseProblems } from "../shared/problems.js";
import type { Wiring } from "../shared/wiring.js";

/**
 * Runs the controller until SIGTERM or SIGINT, then lets what is under way end. A second signal ends it at once. A project
 * with problems holds up no other; where nothing can run it does not start.
 */
export async function run(wiring: Wiring, config: Config): Promise<0 | 1> {
  const { projects, problems } = await wiring.load({ ...config, repositories: [] });
  if (projects.length === 0 && refuseProblems(wiring, problems)) return 1;
  const controller = await wiring.start(config);
  const signal = await Promise.race([signalled(), controller.ended.then(() => undefined)]);
  const forced = signalled().then(() => 1 as const);
  const stopped = controller.stop(signal).then(() => 0 as const);
  return Promise.race([stopped, forced]);
}

function signalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const onSignal = (signal: NodeJS.Signals) => {
      process.off("SIGTERM", onSignal).off("SIGINT", onSignal);
      resolve(signal);
    };
    process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  });
}
