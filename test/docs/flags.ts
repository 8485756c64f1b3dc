import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { defaultInWords, type Setting } from "../../src/config/kinds/setting.js";
import { settings } from "../../src/config/settings.js";

export const flagsModule = new URL("../../src/cli/flags.ts", import.meta.url);

/** What the command line has to know of each setting, without the settings: those take longer to load than most verbs to run. */
export async function renderFlags(): Promise<string> {
  const rows = Object.entries<Setting>(settings).flatMap(([name, row]) =>
    row.flag === undefined ? [] : [[name, flagOf(row, row.flag)] as const],
  );
  const text = [
    "// Written by `npm run docs` from the settings.",
    `export const settingFlags = ${JSON.stringify(Object.fromEntries(rows))} as const;`,
  ].join("\n\n");
  const filepath = fileURLToPath(flagsModule);
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}

function flagOf(row: Setting, flag: string) {
  const { kind, variable, what } = row;
  const isToggle = !flag.includes("<");
  const words = isToggle ? undefined : defaultInWords(row)?.replaceAll("`", "");
  const known = [variable, words].filter((part) => part !== undefined).join(", ");
  const repeats = kind.separator !== undefined;
  return { flag, what: `${what}${repeats ? "; may repeat" : ""} (${known})`, repeats };
}
