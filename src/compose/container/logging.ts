import { groupOf } from "../../tools/present.js";
import { read, type Node } from "../document/node.js";
import { options } from "../document/pairs.js";
import { filledText } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { loggingKeys } from "../keys/option-keys.js";
import type { Logging } from "../model/container/options.js";

/** `logging`: a driver that is left out is the engine's own. */
export function logging(node: Node): Logging | null {
  const field = fields(node, loggingKeys);
  return groupOf({ driver: read(field("driver"), filledText), options: read(field("options"), options) }) ?? null;
}
