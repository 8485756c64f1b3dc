import { given } from "../../tools/present.js";
import { commandLine } from "../container/command.js";
import { isMapping, items, read, readAll, report, type Node } from "../document/node.js";
import { environment } from "../document/pairs.js";
import { variables } from "../model/container/variables.js";
import { boolean, filledText, parsed } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { postStartHookKeys, preStartHookKeys } from "../keys/hook-keys.js";
import type { ExecSettings, Hook } from "../model/policy/hooks.js";
import type { PreStartSpec } from "../model/policy/job.js";
import { parseImage } from "../values/image.js";

/** Compose `post_start` and `pre_stop`: a list; the commands run in its order. */
export function hooks(node: Node): readonly Hook[] {
  return readAll(items(node), hook);
}

function hook(node: Node): Hook | null {
  const field = fields(node, postStartHookKeys);
  const command = read(field("command"), commandLine);
  const settings = settingsOf(field);
  const written = field("command");
  if (written === undefined) {
    return isMapping(node.value) ? report(node, "`command` is missing", 'write for example ["/app", "warm-up"]') : null;
  }
  if (written.value === null || command?.length === 0 || command?.[0] === "") {
    return report(written, "must not be empty", 'write for example ["/app", "warm-up"]');
  }
  return command === undefined ? null : { command, ...settings };
}

/** Docker Compose waits for ever; a day is as good, and something is said then. */
const longestMs = 86_400_000;

/** Compose `pre_start`: a list; each runs in a container of its own, in its order. */
export function preStartHooks(node: Node): readonly PreStartSpec[] {
  return readAll(items(node), preStartHook);
}

function preStartHook(node: Node): PreStartSpec | null {
  const field = fields(node, preStartHookKeys);
  const written = field("command");
  const command = read(written, commandLine);
  const perReplica = field("per_replica");
  if (perReplica !== undefined && boolean(perReplica) === true) {
    report(
      perReplica,
      "a hook runs once for the service, not for each replica",
      "remove it: Docker Compose has no more",
    );
  }
  if (!isMapping(node.value)) return null;
  if (written !== undefined && written.value !== null && (command?.length === 0 || command?.[0] === "")) {
    return report(written, "must not be empty", "leave it out for the image's own");
  }
  const image = read(field("image"), (at) => parsed(at, parseImage, "an image reference"));
  return { ...settingsOf(field), ...given({ command, image }), timeoutMs: longestMs };
}

function settingsOf(
  field: (key: "user" | "privileged" | "working_dir" | "environment") => Node | undefined,
): ExecSettings {
  return given({
    user: read(field("user"), filledText),
    privileged: read(field("privileged"), boolean),
    workingDir: read(field("working_dir"), filledText),
    environment: read(field("environment"), (at) => variables(environment(at))),
  });
}
