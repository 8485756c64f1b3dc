import { groupOf } from "../../tools/present.js";
import { read } from "../document/node.js";
import { boolean, filledText } from "../document/scalar.js";
import type { Fields } from "../keys/fields.js";
import type { serviceKeys } from "../keys/keys.js";
import type { Execution } from "../model/container/options.js";

/** How its first process runs. */
export function execution(field: Fields<typeof serviceKeys>): Execution | undefined {
  return groupOf({
    init: read(field("init"), boolean),
    tty: read(field("tty"), boolean),
    stdinOpen: read(field("stdin_open"), boolean),
    runtime: read(field("runtime"), filledText),
  });
}
