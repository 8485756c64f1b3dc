import { formatYaml } from "../../../compose/document/yaml/yaml.js";
import type { Side } from "./comparisons.js";

/**
 * What differs between two sides of a service, as a unified diff of Compose files; empty where nothing does, or where nothing
 * ran before.
 */
export async function patchBetween(service: string, from: Side | undefined, to: Side | undefined): Promise<string> {
  // Nothing ran before: that is no difference.
  if (from === undefined && to?.container !== undefined) return "";
  if (from === undefined && to === undefined) return "";
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import("diff");
  const [left, right] = [textOf(service, from), textOf(service, to)];
  if (left === right) return "";
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(titleOf(from), titleOf(to), left, right, "", "", options);
}

function textOf(service: string, side: Side | undefined): string {
  return side === undefined ? "" : formatYaml({ services: { [service]: side.service } });
}

function titleOf(side: Side | undefined): string {
  if (side === undefined) return "nothing";
  if (side.container === undefined) return "the services file";
  return `${side.container} (revision ${side.revision ?? "?"})`;
}
