import type { Variables } from "../../compose/model/container/variables.js";

/** `KEY=value`, as the engine takes it; a key alone unsets what the image or the container sets. */
export function environmentEntries(environment: Variables): readonly string[] {
  return Object.entries(environment).map(([key, value]) => (value === null ? key : `${key}=${value.reveal()}`));
}
