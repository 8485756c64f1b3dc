import { sections, type Section } from "../../src/compose/keys/sections.js";
import { supportOn } from "../../src/compose/keys/support.js";
import type { EngineKind } from "../../src/compose/values/engine.js";

/** Whether anything in a section is read: the mappings around it let this engine in. */
export function isReached({ path, engine: only }: Section, engine: EngineKind): boolean {
  if (only !== undefined && only !== engine) return false;
  const steps = path.split(".");
  return steps.every((step, index) => {
    const around = sections.find((section) => section.path === steps.slice(0, index).join("."));
    const key = step.replace("[]", "");
    const support = around?.table[key];
    return support === undefined || supportOn(engine, support).support === "supported";
  });
}
