import { commandLine } from "./command.js";
import { fields } from "./fields.js";
import { postStartHookKeys } from "./hook-keys.js";
import { isMapping, items, read, readAll, report, type Node } from "./node.js";
import { environment } from "./pairs.js";
import { given } from "./present.js";
import { boolean, filledText } from "./scalar.js";

/** How a command is run in a container. What is absent is as for the container's own process. */
export interface ExecSettings {
  readonly user?: string;
  readonly privileged?: boolean;
  readonly workingDir?: string;
  /** Over the container's own; null unsets. */
  readonly environment?: Readonly<Record<string, string | null>>;
}

/** A command that runs in a container at a turn of its life, without a shell. */
export interface Hook extends ExecSettings {
  readonly command: readonly string[];
}

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
