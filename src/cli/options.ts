import type { Command } from "commander";
import { settingsFilePlace } from "../config/settings-place.js";
import { settingFlags } from "./flags.js";
import { checked, checks } from "./values.js";

type Named = keyof typeof settingFlags;

/** Of what verbs that read services files have to know. */
const ofFiles: readonly Named[] = ["files", "gitUrl", "gitRef", "gitPaths", "profiles", "engine", "gateImage", "data"];

/** The flags of verbs that read services files. */
export function withFiles(command: Command): Command {
  for (const name of ofFiles) withSetting(command, name);
  return withSettingsFile(command);
}

/** The flags of `run` by which a verb that tells what it would do has to go. */
export function withManner(command: Command): Command {
  return withSetting(withSetting(command, "prune"), "lease");
}

/** The flags of all settings. */
export function withAll(command: Command): Command {
  withFiles(command);
  for (const name of Object.keys(settingFlags) as readonly Named[])
    if (!ofFiles.includes(name)) withSetting(command, name);
  return command;
}

/** The flags of verbs that ask a running controller. */
export function withAdmin(command: Command): Command {
  return withSettingsFile(withAddress(command));
}

/** The flags by which a running controller is found. */
export function withAddress(command: Command): Command {
  return withSetting(withAdminUrl(command), "adminToken");
}

/** The same for verbs that have the flags of all settings. */
export function withAdminUrl(command: Command): Command {
  const what = "the controller's admin address (FAIRLEAD_ADMIN_LISTEN, http://127.0.0.1:8421)";
  return command.option("--admin <url>", what, checked("--admin", checks.admin));
}

function withSettingsFile(command: Command): Command {
  const { flag, variable, usual, what } = settingsFilePlace;
  return command.option(flag, `${what} (${variable}; else the first that is there of ${usual.join(", ")})`);
}

function withSetting(command: Command, name: Named): Command {
  const { flag, what, repeats } = settingFlags[name];
  return repeats ? command.option(flag, what, collect) : command.option(flag, what);
}

/** Of an option that may repeat: all values, in their order. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
