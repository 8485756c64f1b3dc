import type { Config } from "../config.js";
import type { ExitCode, Wiring } from "./wiring.js";
import { refuseProblems } from "./validate.js";

/**
 * Runs the controller until SIGTERM or SIGINT, then lets what is under way end. A second signal ends it at once. A project
 * with problems holds up no other; where nothing can run it does not start.
 */
export async function run(wiring: Wiring, config: Config): Promise<ExitCode> {
  const { projects, problems } = await wiring.load(config);
  if (projects.length === 0 && refuseProblems(wiring, problems)) return 1;
  let code: ExitCode = 1;
  let isStuck = () => false;
  try {
    const controller = await wiring.start(config);
    isStuck = () => controller.isStuck();
    await Promise.race([signalled(), controller.ended]);
    const forced = signalled().then((): ExitCode => 1);
    const stopped = controller.stop().then((): ExitCode => 0);
    code = await Promise.race([stopped, forced]);
    return code;
  } finally {
    // A connection that a peer keeps open must not keep the process.
    setImmediate(() => {
      if (isStuck()) process.kill(process.pid, "SIGKILL");
      process.exit(code);
    });
  }
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = () => {
      process.off("SIGTERM", onSignal).off("SIGINT", onSignal);
      resolve();
    };
    process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  });
}
