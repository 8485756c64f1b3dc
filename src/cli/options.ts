import type { Command } from "commander";
import { defaultInWords } from "../config/setting.js";
import type { Setting } from "../config/setting.js";
import { settings, settingsFilePlace } from "../config/settings.js";
import { checked, checks } from "./values.js";

/** Of what verbs that read services files have to know. */
const ofFiles = ["files", "gitUrl", "gitRef", "gitPaths", "profiles", "gateImage", "data"] as const;
const rows: Readonly<Record<string, Setting>> = settings;

/** The flags of verbs that read services files. */
export function withFiles(command: Command): Command {
  for (const name of ofFiles) withSetting(command, rows[name]);
  return withSettingsFile(command);
}

/** The flags of `run` by which a verb that tells what it would do has to go. */
export function withManner(command: Command): Command {
  return withSetting(withSetting(command, settings.prune), settings.lease);
}

/** The flags of all settings. */
export function withAll(command: Command): Command {
  withFiles(command);
  for (const [name, row] of Object.entries(rows))
    if (!ofFiles.some((known) => known === name)) withSetting(command, row);
  return command;
}

/** The flags of verbs that ask a running controller. */
export function withAdmin(command: Command): Command {
  return withSettingsFile(withAddress(command));
}

/** The flags by which a running controller is found. */
export function withAddress(command: Command): Command {
  const what = "the controller's admin address (FAIRLEAD_ADMIN_LISTEN, http://127.0.0.1:8421)";
  command.option("--admin <url>", what, checked("--admin", checks.admin));
  return withSetting(command, settings.adminToken);
}

function withSettingsFile(command: Command): Command {
  const { flag, variable, usual, what } = settingsFilePlace;
  return command.option(flag, `${what} (${variable}; else the first that is there of ${usual.join(", ")})`);
}

function withSetting(command: Command, row: Setting | undefined): Command {
  if (row?.flag === undefined) return command;
  const { flag, kind, variable, what } = row;
  const words = defaultInWords(row)?.replaceAll("`", "");
  const isToggle = !flag.includes("<");
  const known = [variable, isToggle ? undefined : words].filter((part) => part !== undefined).join(", ");
  const repeats = kind.separator !== undefined;
  const text = `${what}${repeats ? "; may repeat" : ""} (${known})`;
  return repeats ? command.option(flag, text, collect) : command.option(flag, text);
}

/** Of an option that may repeat: all values, in their order. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
