import fc from "fast-check";

export type Environment = Readonly<Record<string, string>>;

/** Keys whose values are no texts of the file's, or are compared with others before variables are filled in. */
const untouched = new Set(["extends", "include", "name", "depends_on", "profiles", "OVERRIDE_TAG", "x-note"]);

interface Leaf {
  readonly text: string;
  readonly replace: (by: string) => void;
}

/** The same documents with some of their values given by variables, in each of the forms of an expression. */
export function withVariables<T>(
  documents: Readonly<Record<string, T>>,
): fc.Arbitrary<{ readonly documents: Readonly<Record<string, T>>; readonly environment: Environment }> {
  return fc.array(fc.tuple(fc.nat(), fc.nat(5)), { maxLength: 4 }).map((picks) => {
    const copy = structuredClone(documents);
    const leaves = Object.values(copy).flatMap((document) => leavesOf((document as { services?: unknown }).services));
    const environment: Record<string, string> = {};
    picks.forEach(([at, form], index) => {
      const leaf = leaves[at % Math.max(1, leaves.length)];
      if (leaf === undefined || leaf.text.includes("$") || /[{}]|_TAG/.test(leaf.text)) return;
      const name = `V${index}`;
      if (form !== 2 && form !== 5) environment[name] = form === 3 ? "set" : leaf.text;
      leaf.replace(expression(form, name, leaf.text));
    });
    return { documents: copy, environment };
  });
}

function expression(form: number, name: string, text: string): string {
  switch (form) {
    case 0:
      return `$${name}`;
    case 1:
      return `\${${name}}`;
    case 2:
      return `\${${name}:-${text}}`;
    case 3:
      return `\${${name}:+${text}}`;
    case 4:
      return `\${${name}?it is needed}`;
    default:
      return `\${${name}-${text}}`;
  }
}

function leavesOf(value: unknown): readonly Leaf[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]: [string, unknown]): readonly Leaf[] => {
    if (untouched.has(key)) return [];
    if (typeof member === "object") return leavesOf(member);
    const replace = (by: string) => {
      (value as Record<string, unknown>)[key] = by;
    };
    return [{ text: typeof member === "string" ? member : JSON.stringify(member), replace }];
  });
}
