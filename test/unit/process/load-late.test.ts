import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const file = fileURLToPath(new URL("../../../src/process/load-late.ts", import.meta.url));
const script = `
  const { openSync, closeSync } = await import("node:fs");
  const { loadLate } = await import(${JSON.stringify(file)});
  const open = [];
  const starve = () => { try { for (;;) open.push(openSync("/dev/null")); } catch {} };
  starve();
  // What the loader of this script itself still had open is closed a moment later.
  await new Promise((resolve) => setTimeout(resolve, 200));
  starve();
  const load = () => { try { return typeof loadLate("tar-stream").pack; } catch (error) { return error.code; } };
  const starved = load();
  for (const one of open) closeSync(one);
  console.log(starved, load());
`;

test("what could not be loaded because too many files were open is loaded when they are not", async () => {
  const node = [process.execPath, "--import", "tsx", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)("/bin/sh", ["-c", 'ulimit -n 200 && exec "$@"', "sh", ...node]);
  expect(stdout.trim()).toBe("EMFILE function");
});
