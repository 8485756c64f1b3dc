import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { readProject } from "../../../src/compose/project/compose.js";
import { asJson } from "../../../src/compose/resolved/forms.js";
import { formatProblem } from "../../../src/compose/values/problem.js";
import { modernCompose } from "../../sandbox/engine/compose.js";
import { composePackages, ensurePackages } from "../../sandbox/host/packages.js";
import type { Stack } from "../compare/stacks.js";

/** What somebody makes of a project: its JSON, or the words of a refusal. */
export type Reading = { readonly json: unknown } | { readonly refusal: string };

export interface Oracle {
  readonly name: "1.29" | "2.40";
  read(stack: Stack): Promise<Reading>;
}

const run = promisify(execFile);

/** Docker Compose 2.40, or where that cannot be had, the distribution's 1.29. Throws where neither can. */
export async function findOracle(say: (line: string) => void): Promise<Oracle> {
  try {
    await ensurePackages(["debian-archive-keyring"], say);
    const program = await modernCompose(say);
    return { name: "2.40", read: (stack) => call(program, stack, ["config", "--format", "json"], JSON.parse) };
  } catch (error) {
    say(`without Compose 2.40: ${error instanceof Error ? error.message : String(error)}`);
    await ensurePackages(composePackages, say);
    return { name: "1.29", read: (stack) => call("docker-compose", stack, ["config"], (text) => oldForm(text, stack)) };
  }
}

/** Its words for "no". A warning comes before them. */
const warning = /^(time=\S+ level=warning|The .* variable is not set)/;

async function call(
  program: string,
  { files, directory, environment }: Stack,
  args: readonly string[],
  decode: (text: string) => unknown,
): Promise<Reading> {
  try {
    const named = files.flatMap((file) => ["--file", file]);
    const { stdout } = await run(program, [...named, ...args], { cwd: directory, env: { ...environment } });
    return { json: decode(stdout) };
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    if (stderr === undefined) throw error;
    return {
      refusal: stderr
        .split("\n")
        .filter((line) => line !== "" && !warning.test(line))
        .join("\n"),
    };
  }
}

/** What 1.29 prints is in forms of its own; read by Fairlead it is in those of 2.40. */
function oldForm(text: string, { directory, environment }: Stack): unknown {
  const readText = (path: string) => ({ text: readFileSync(path, "utf8") });
  const read = readProject({ file: "1.29.yaml", text, directory, environment, readText });
  if (!read.ok)
    throw new Error(`Fairlead does not read what 1.29 prints:\n${read.problems.map(formatProblem).join("\n")}`);
  return JSON.parse(asJson(read.resolve()));
}
