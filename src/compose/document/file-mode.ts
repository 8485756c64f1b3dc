import { filledIn, quoted, report, warn, wrongKind, type Node } from "./node.js";

/**
 * Permission bits, always octal: `0755`, `"755"`, `0o755` and `755` are the same, as the specification has it. A number
 * counts as it stands in the file: YAML 1.2 itself would take `0755` for 755.
 */
export function fileMode(node: Node): number | null {
  const written = typeof node.value === "string" ? filledIn(node, node.value) : node.place.plain;
  if (typeof node.value !== "string" && typeof node.value !== "number") return wrongKind(node, "octal digits");
  if (written === null) return null;
  const digits = /^(?:0o)?([0-7]{1,5})$/.exec(written ?? "")?.[1];
  const mode = parseInt(digits ?? "", 8);
  if (!(mode <= 0o7777))
    return report(node, `${quoted(node)} is not a file mode`, "write octal digits, such as `0755`");
  if (typeof node.value === "number" && /^[1-9]\d/.test(written ?? "")) {
    const message = "read as octal, as the specification has it; Docker Compose takes it for a decimal number";
    warn(node, node.place.value, message, `write 0${written ?? ""}`);
  }
  return mode;
}
