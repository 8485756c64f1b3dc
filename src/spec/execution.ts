import type { Fields } from "./fields.js";
import type { serviceKeys } from "./keys.js";
import { read } from "./node.js";
import type { Execution } from "./options.js";
import { groupOf } from "./present.js";
import { boolean, filledText } from "./scalar.js";

/** How its first process runs. */
export function execution(field: Fields<typeof serviceKeys>): Execution | undefined {
  return groupOf({
    init: read(field("init"), boolean),
    tty: read(field("tty"), boolean),
    stdinOpen: read(field("stdin_open"), boolean),
    runtime: read(field("runtime"), filledText),
  });
}
