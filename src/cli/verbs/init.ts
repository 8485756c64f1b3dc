import type { Config } from "../../config/config.js";
import { dirname, join } from "node:path";
import { FairleadError } from "../../errors.js";
import { printable } from "../../tools/printable.js";
import { draftFiles, draftText } from "../shared/drafted.js";
import { exists, isFolder, refuseExisting, refuseNoFolder, writeFiles } from "../shared/new-files.js";
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
  if (output !== undefined) await checkOutput(output, force);
  const draft = await wiring.draft(config, { all, projects: project, containers: container }, name);
  const secrets = [...draft.secrets.keys()].join(", ");
  for (const note of draft.notes) wiring.complain(printable(note));
  if (output === undefined) {
    wiring.print(draftText(draft).trimEnd());
    if (secrets !== "") wiring.complain(`give a value to ${secrets} in a .env beside the file`);
    return 0;
  }
  const files = draftFiles(draft, output);
  if (!force) await refuseExisting(files.map(({ path }) => path));
  await writeFiles(files);
  wiring.complain(`${output} is written: read it, then \`fairlead validate\`, \`plan\`, \`run\` and \`adopt\``);
  for (const { path, isPrivate } of files) {
    if (isPrivate) wiring.complain(`${path} holds the values of ${secrets}: keep it out of version control`);
  }
  return 0;
}

/** Before anybody is asked. Throws FairleadError ConfigInvalid. */
async function checkOutput(output: string, force: boolean): Promise<void> {
  if (await isFolder(output)) {
    const remedy = `name the file in it, such as ${join(output, "services.yaml")}`;
    throw new FairleadError("ConfigInvalid", `--output: ${output} is a directory`, { remedy });
  }
  await refuseNoFolder("--output", dirname(output), true);
  // Whoever forces it replaces the secrets beside it too.
  if (!force && (await exists(output))) await refuseExisting([output, join(dirname(output), ".env")]);
}
