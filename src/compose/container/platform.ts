import { didYouMean, quoted, report, type Node } from "../document/node.js";
import { filledText } from "../document/scalar.js";
import { nearest } from "../../tools/suggest.js";

const architectures = "386 amd64 arm arm64 loong64 mips64le ppc64le riscv64 s390x".split(" ");
/** As containerd reads them, and with it Docker. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["i386", "386"],
  ["x86_64", "amd64"],
  ["x86-64", "amd64"],
  ["aarch64", "arm64"],
  ["armhf", "arm/v7"],
  ["armv7l", "arm/v7"],
  ["armel", "arm/v6"],
]);

/** `platform`: `linux/<architecture>[/<variant>]`, or a part of it. Null without a report: the host's own. */
export function platform(node: Node): string | null {
  const written = filledText(node);
  if (written === null) return null;
  const [first = "", ...others] = written.toLowerCase().split("/");
  if (first === "linux" && others.length === 0) return null;
  const isShort = architectureOf(first) !== undefined;
  const [os, architecture = "", ...variants] = isShort ? ["linux", first, ...others] : [first, ...others];
  if (os !== "linux" && others.length > 0) {
    return report(node, `${quoted(node)} is not a platform of this engine`, "write for example linux/arm64");
  }
  const known = architectureOf(architecture);
  if (os === "linux" && known !== undefined && variants.length < 2 && variants[0] !== "") {
    return ["linux", known, ...variants].join("/");
  }
  const meant = nearest(architecture === "" ? first : architecture, architectures);
  const hint = meant === undefined ? undefined : didYouMean(`linux/${meant}`);
  return report(node, `${quoted(node)} is not a platform`, hint);
}

function architectureOf(name: string): string | undefined {
  return architectures.includes(name) ? name : otherNames.get(name);
}
