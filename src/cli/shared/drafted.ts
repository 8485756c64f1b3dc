import { dirname, join } from "node:path";
import { formatYaml } from "../../compose/document/yaml/yaml.js";
import type { Secret } from "../../tools/secret.js";
import type { NewFile, Owner } from "./new-files.js";
import type { Draft } from "./wiring.js";

/** The services file of a draft, as a text. */
export function draftText({ file, notes }: Draft): string {
  const head = ["Written by `fairlead init` from what runs on this host.", ...notes.map((note) => `- ${note}`)];
  return `${head.map((line) => `# ${line}`).join("\n")}\n\n${formatYaml(file)}`;
}

/** The same as files: values that look like secrets stand in a `.env` beside it, which only its owner reads. */
export function draftFiles(draft: Draft, path: string, owner?: Owner): readonly NewFile[] {
  const services = { path, parts: [draftText(draft)], isPrivate: false };
  if (draft.secrets.size === 0) return [services];
  return [services, { path: join(dirname(path), ".env"), parts: dotenv(draft.secrets), isPrivate: true, owner }];
}

/** In double quotes, where everything can be said; a dollar sign begins a variable there too. */
function dotenv(secrets: ReadonlyMap<string, Secret>): readonly (string | Secret)[] {
  return [...secrets].flatMap(([name, value]) => [
    `${name}="`,
    value.map((text) =>
      text
        .replace(/[\\"$]/g, "\\$&")
        .replaceAll("\n", "\\n")
        .replaceAll("\r", "\\r"),
    ),
    '"\n',
  ]);
}
