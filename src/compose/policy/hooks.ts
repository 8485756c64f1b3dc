import { given } from "../../tools/present.js";
import { commandLine } from "../container/command.js";
import { isMapping, items, read, readAll, report, type Node } from "../document/node.js";
import { environment } from "../document/pairs.js";
import { boolean, filledText } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { postStartHookKeys } from "../keys/hook-keys.js";
import type { ExecSettings, Hook } from "../model/hooks.js";

/** Compose `post_start` and `pre_stop`: a list; the commands run in its order. */
export function hooks(node: Node): readonly Hook[] {
  return readAll(items(node), hook);
}

function hook(node: Node): Hook | null {
  const field = fields(node, postStartHookKeys);
  const command = read(field("command"), commandLine);
  const settings: ExecSettings = given({
    user: read(field("user"), filledText),
    privileged: read(field("privileged"), boolean),
    workingDir: read(field("working_dir"), filledText),
    environment: read(field("environment"), (at) => environment(at)),
  });
  const written = field("command");
  if (written === undefined) {
    return isMapping(node.value) ? report(node, "`command` is missing", 'write for example ["/app", "warm-up"]') : null;
  }
  if (written.value === null || command?.length === 0 || command?.[0] === "") {
    return report(written, "must not be empty", 'write for example ["/app", "warm-up"]');
  }
  return command === undefined ? null : { command, ...settings };
}
