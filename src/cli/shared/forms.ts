import type { Command } from "commander";
import type { Wiring } from "./wiring.js";

/** In which form a verb prints what it has found. */
export type Form = "table" | "wide" | "json" | "yaml" | "name";

export const forms = ["json", "yaml", "name", "wide"] as const;

export interface FormFlags {
  readonly json?: boolean;
  readonly output?: string;
  readonly quiet?: boolean;
}

/** The flags by which a verb that prints a table is told the form. */
export function withForms(command: Command, check: (written: string) => string): Command {
  return command
    .option("-o, --output <form>", "json, yaml, name or wide", check)
    .option("-q, --quiet", "names only, as with -o name")
    .option("--json", "print JSON, as with -o json");
}

export function formOf({ json = false, output, quiet = false }: FormFlags): Form {
  if (json) return "json";
  if (quiet) return "name";
  return forms.find((form) => form === output) ?? "table";
}

/** True where that form is data, or names; it has been printed then. */
export async function printData(wiring: Wiring, form: Form, data: object, names: readonly string[]): Promise<boolean> {
  switch (form) {
    case "json":
      wiring.print(JSON.stringify(data, undefined, 2));
      return true;
    case "yaml": {
      const { formatYaml } = await import("../../compose/document/yaml/yaml.js");
      // What JSON leaves out is left out here too.
      wiring.print(formatYaml(JSON.parse(JSON.stringify(data))).trimEnd());
      return true;
    }
    case "name":
      if (names.length > 0) wiring.print(names.join("\n"));
      return true;
    case "table":
    case "wide":
      return false;
  }
}
