import { access, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { formatYaml } from "../../compose/document/yaml.js";
import type { Config } from "../../config/config.js";
import { FairleadError } from "../../errors.js";
import { printable } from "../../tools/printable.js";
import type { Secret } from "../../tools/secret.js";
import type { Wiring } from "../shared/wiring.js";

export interface InitOptions {
  readonly project: readonly string[];
  readonly container: readonly string[];
  readonly all: boolean;
  /** The project's name in the file, where it is not that of the one Compose project. */
  readonly name: string | undefined;
  /** Absent: standard output. */
  readonly output: string | undefined;
  readonly force: boolean;
}

/**
 * Writes a services file for what runs on the host. Values that look like secrets go into a `.env` beside it, readable by
 * its owner only, and never to standard output. An existing file is left alone unless that is forced.
 */
export async function init(wiring: Wiring, config: Config, options: InitOptions): Promise<0> {
  const { project, container, all, name, output, force } = options;
  if (!all && project.length + container.length === 0) {
    throw new FairleadError("ConfigInvalid", "nothing is chosen", {
      remedy: "name containers with --container, projects with --project, or say --all",
    });
  }
  const { file, notes, secrets } = await wiring.draft(config, { all, projects: project, containers: container }, name);
  const text = render(file, notes);
  for (const note of notes) wiring.complain(printable(note));
  if (output === undefined) {
    wiring.print(text.trimEnd());
    if (secrets.size > 0)
      wiring.complain(`give a value to ${[...secrets.keys()].join(", ")} in a .env beside the file`);
    return 0;
  }
  const variables = join(dirname(output), ".env");
  if (!force) await refuseExisting(secrets.size > 0 ? [output, variables] : [output]);
  await writeFile(output, text);
  wiring.complain(`${output} is written: read it, then \`fairlead validate\`, \`plan\`, \`run\` and \`adopt\``);
  if (secrets.size > 0) {
    await writeFile(variables, dotenv(secrets), { mode: 0o600 });
    wiring.complain(
      `${variables} holds the values of ${[...secrets.keys()].join(", ")}: keep it out of version control`,
    );
  }
  return 0;
}

function render(file: object, notes: readonly string[]): string {
  const head = ["Written by `fairlead init` from what runs on this host.", ...notes.map((note) => `- ${note}`)];
  return `${head.map((line) => `# ${line}`).join("\n")}\n\n${formatYaml(file)}`;
}

async function refuseExisting(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const exists = await access(file).then(
      () => true,
      () => false,
    );
    if (exists) throw new FairleadError("ConfigInvalid", `${file} exists`, { remedy: "name another, or say --force" });
  }
}

/** In double quotes, where everything can be said; a dollar sign begins a variable there too. */
function dotenv(secrets: ReadonlyMap<string, Secret>): string {
  const lines = [...secrets].map(([name, value]) => {
    const escaped = value
      .reveal()
      .replace(/[\\"$]/g, "\\$&")
      .replaceAll("\n", "\\n")
      .replaceAll("\r", "\\r");
    return `${name}="${escaped}"\n`;
  });
  return lines.join("");
}
