import { Cleanup } from "./cleanup.js";
import { runDemo } from "./demo.js";
import { DemoFailure, Interrupted } from "./failure.js";
import { openScreen } from "./screen.js";

/**
 * `npm run demo`. Exit code 0 when everything went as told, 1 when not, 128 + the signal's number when it was ended.
 * Whatever happens, what was started is taken down.
 */
const screen = openScreen(process.stdout);
const cleanup = new Cleanup();
const ending = new AbortController();
const end = (exitCode: number) => () => {
  if (ending.signal.aborted) return;
  ending.abort(new Interrupted(exitCode));
  screen.say("");
  screen.say("Interrupted: what was started is taken down.");
};
process.on("SIGINT", end(130)).on("SIGTERM", end(143)).on("SIGHUP", end(129));
// A reader that goes away, as `head` does, ends it like Ctrl-C.
process.stdout.on("error", end(141));

const stays = process.stdin.isTTY && process.stdout.isTTY && !process.argv.includes("--once");
const interrupted = new Promise<never>((_, reject) => {
  ending.signal.addEventListener("abort", () => {
    reject(ending.signal.reason as Interrupted);
  });
});

process.exitCode = 0;
try {
  await Promise.race([runDemo({ screen, cleanup, stays }), interrupted]);
} catch (error) {
  report(error);
}
const errors = await cleanup.run();
for (const error of errors) report(error);
// What an interrupted demo was about to do must not keep the process.
process.exit();

function report(error: unknown): void {
  const interruption = ending.signal.aborted ? (ending.signal.reason as Interrupted) : undefined;
  process.exitCode = interruption?.exitCode ?? 1;
  if (interruption !== undefined) return;
  const message = error instanceof Error ? error.message : String(error);
  const [first = "", ...more] = message.split("\n");
  screen.say("");
  screen.bad(error instanceof DemoFailure ? `not as told: ${first}` : first);
  for (const line of more) screen.say(`  ${line}`);
}
