import { fields } from "./fields.js";
import { read, type Node } from "./node.js";
import { loggingKeys } from "./option-keys.js";
import type { Logging } from "./options.js";
import { options } from "./pairs.js";
import { groupOf } from "./present.js";
import { filledText } from "./scalar.js";

/** `logging`: a driver that is left out is the engine's own. */
export function logging(node: Node): Logging | null {
  const field = fields(node, loggingKeys);
  return groupOf({ driver: read(field("driver"), filledText), options: read(field("options"), options) }) ?? null;
}
