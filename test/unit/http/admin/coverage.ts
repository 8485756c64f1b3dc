import type { z } from "zod";

/** What is inside, whatever is around it: absent or not, named or not. */
function inner(schema: z.ZodType): z.ZodType {
  const { def } = schema as unknown as { readonly def: { readonly type: string; readonly innerType?: z.ZodType } };
  return (def.type === "optional" || def.type === "nullable") && def.innerType !== undefined
    ? inner(def.innerType)
    : schema;
}

interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
}

/** Which fields of which shapes have come. */
export class Coverage {
  readonly #seen = new Map<z.ZodType, Set<string>>();

  note(outer: z.ZodType, value: unknown): void {
    const schema = inner(outer);
    const { type, shape, element, options } = (schema as unknown as { readonly def: Def }).def;
    if (value === undefined || value === null) return;
    if (type === "array" && element !== undefined)
      for (const one of value as readonly unknown[]) this.note(element, one);
    if (type === "union")
      for (const option of options ?? []) if (option.safeParse(value).success) this.note(option, value);
    if (type !== "object" || shape === undefined) return;
    const seen = this.#seen.get(schema) ?? new Set();
    this.#seen.set(schema, seen);
    for (const [name, field] of Object.entries(shape)) {
      const given = (value as Readonly<Record<string, unknown>>)[name];
      if (given === undefined) continue;
      seen.add(name);
      this.note(field, given);
    }
  }

  /** The fields of a schema, at any depth, that have not come: `services[].lastRollout.cause`. */
  missing(outer: z.ZodType, place = ""): readonly string[] {
    const schema = inner(outer);
    const { type, shape, element, options } = (schema as unknown as { readonly def: Def }).def;
    if (type === "array" && element !== undefined) return this.missing(element, `${place}[]`);
    if (type === "union") return (options ?? []).flatMap((option) => this.missing(option, place));
    if (type !== "object" || shape === undefined) return [];
    const seen = this.#seen.get(schema) ?? new Set();
    return Object.entries(shape).flatMap(([name, field]) => {
      const path = place === "" ? name : `${place}.${name}`;
      return seen.has(name) ? this.missing(field, path) : [path];
    });
  }
}
