import { commandLine } from "../container/command.js";
import { isMapping, items, read, readAll, report, wrongKind, type Node } from "../document/node.js";
import { duration, parsed } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import type { beforeKeys } from "../keys/job-keys.js";
import type { JobSpec } from "../model/policy/job.js";
import { parseImage, type ImageReference } from "../values/image.js";

const defaultTimeoutMs = 600_000;

/** A list; the jobs run in its order. */
export function jobs(node: Node, keys: typeof beforeKeys): readonly JobSpec[] | null {
  if (!Array.isArray(node.value))
    return wrongKind(node, "a list of jobs", "write for example `[{command: /app migrate}]`");
  return readAll(items(node), (item) => job(item, keys));
}

function job(node: Node, keys: typeof beforeKeys): JobSpec | null {
  const field = fields(node, keys);
  const written = field("command");
  const command = read(written, commandLine);
  const image = read(field("image"), reference);
  const timeoutMs = read(field("timeout"), timeout) ?? defaultTimeoutMs;
  if (written === undefined)
    return isMapping(node.value)
      ? report(node, "`command` is missing", 'write for example `command: ["/app", "migrate"]`')
      : null;
  if (written.value === null || command?.length === 0 || command?.[0] === "")
    return report(written, "must not be empty", 'write for example ["/app", "migrate"]');
  return command === undefined ? null : { command, ...(image === undefined ? {} : { image }), timeoutMs };
}

function reference(node: Node): ImageReference | null {
  return parsed(node, parseImage, "an image reference");
}

function timeout(node: Node): number | null {
  const milliseconds = duration(node);
  return milliseconds === 0 ? report(node, "must be longer than 0") : milliseconds;
}
