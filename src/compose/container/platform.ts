import { didYouMean, quoted, report, type Node } from "../document/node.js";
import { filledText } from "../document/scalar.js";
import { nearest } from "../values/suggest.js";

const architectures = "386 amd64 arm arm64 loong64 mips64le ppc64le riscv64 s390x".split(" ");
const otherNames: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64", armv7l: "arm/v7" };

/** `platform`: `linux/<architecture>[/<variant>]`. */
export function platform(node: Node): string | null {
  const written = filledText(node);
  if (written === null) return null;
  const [os, architecture = "", variant, ...more] = written.split("/");
  if (os !== "linux")
    return report(node, `${quoted(node)} is not a platform of this engine`, "write for example linux/arm64");
  if (architectures.includes(architecture) && more.length === 0 && variant !== "") return written;
  const meant = Object.hasOwn(otherNames, architecture)
    ? otherNames[architecture]
    : nearest(architecture, architectures);
  return report(
    node,
    `${quoted(node)} is not a platform`,
    meant === undefined ? undefined : didYouMean(`linux/${meant}`),
  );
}
