import { trustedRootFault } from "../../signatures/identity-check.js";
import { publicKeyFault } from "../../signatures/public-key.js";
import { parseExpression } from "../../tags/expression.js";
import { relativePath } from "../document/host-path.js";
import { isMapping, items, read, report, reportKey, reportMissing, wrongKind, type Node } from "../document/node.js";
import { filledText, parsed } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { cosignKeys, identityKeys, verifyKeys } from "../keys/signature-keys.js";
import type { SignatureRule, SigningIdentity, SigningKey } from "../model/policy/signature-rule.js";

const forms =
  "write `{cosign: {keys: [cosign.pub]}}`, or `{cosign: {identities: […], trustedRootFile: trusted_root.json}}`";
const mostListed = 20;
const longestRoot = 1_048_576;

/** `verify`: by whom the images of a service have to be signed. */
export function verify(node: Node): SignatureRule | null {
  const at = fields(node, verifyKeys)("cosign");
  if (at === undefined) return isMapping(node.value) ? report(node, "`cosign` is missing", forms) : null;
  const field = fields(at, cosignKeys);
  if (!isMapping(at.value)) return null;
  const written = { keys: field("keys"), identities: field("identities"), root: field("trustedRootFile") };
  const keys = written.keys === undefined ? undefined : listed(written.keys, "a key", key);
  const identities = written.identities === undefined ? undefined : listed(written.identities, "an identity", identity);
  const trustedRoot = read(written.root, trustedRootIn);
  if (!isWhole(at, written)) return null;
  if (keys !== undefined) return { kind: "keys", keys };
  return identities === undefined || trustedRoot === undefined ? null : { kind: "identities", identities, trustedRoot };
}

/** Reports what is missing, or too much. */
function isWhole(
  at: Node,
  { keys, identities, root }: Readonly<Record<"keys" | "identities" | "root", Node | undefined>>,
): boolean {
  const faults: [isSo: boolean, node: Node, message: string, hint: string][] = [
    [keys === undefined && identities === undefined, at, "neither `keys` nor `identities` is written", forms],
    [
      keys !== undefined && identities !== undefined,
      at,
      "it has both `keys` and `identities`",
      "write one of them: signatures of keys name no identity",
    ],
    [identities === undefined && root !== undefined, root ?? at, "only identities have a trusted root", "remove it"],
    [
      identities !== undefined && root === undefined,
      at,
      "`trustedRootFile` is missing",
      "name the file of `cosign trusted-root create`, or of Sigstore",
    ],
  ];
  const found = faults.filter(([isSo]) => isSo);
  for (const [, node, message, hint] of found) reportKey(node, message, hint);
  return found.length === 0;
}

/** Undefined: what is wrong has been reported. What is wrong with one must not leave the others to stand for all. */
function listed<T>(
  node: Node,
  what: string,
  decode: (node: Node, index: number) => T | null,
): readonly T[] | undefined {
  if (!Array.isArray(node.value)) {
    wrongKind(node, `a list with ${what} in it`);
    return undefined;
  }
  const all = items(node);
  if (all.length === 0)
    report(node, "the list is empty: no image could be signed by anybody in it", `name ${what}, or remove \`verify\``);
  if (all.length > mostListed)
    report(node, `there are more than ${mostListed}`, "remove those that sign nothing any more");
  const found = all.map(decode).filter((one) => one !== null);
  return found.length < all.length || all.length === 0 || all.length > mostListed ? undefined : found;
}

function key(node: Node, index: number): SigningKey | null {
  const written = filledText(node);
  if (written === null) return null;
  if (written.includes("-----BEGIN ")) return checked(node, { name: `number ${index + 1} of the file`, pem: written });
  const pem = textOf(node, written, "a public key");
  return pem === null ? null : checked(node, { name: written, pem });
}

function checked(node: Node, found: SigningKey): SigningKey | null {
  const fault = publicKeyFault(found.pem);
  // What stands there may be a secret: it is named by its place alone.
  return fault === undefined ? found : report(node, fault.message, fault.hint);
}

function textOf(node: Node, named: string, what: string): string | null {
  const path = relativePath(node, named);
  if (path === null) return null;
  const found = node.reading.library.read(path);
  if (!("text" in found))
    return reportMissing(node, path, found.missing, `name the file with ${what}, from the services file's folder on`);
  if (found.foreign === undefined && found.decrypted?.isBase64 !== true) return found.text;
  return report(node, `${named} is no text`, `name the file with ${what}`);
}

function identity(node: Node): SigningIdentity | null {
  const field = fields(node, identityKeys);
  if (!isMapping(node.value)) return null;
  const [issuerNode, exactNode, patternNode] = [field("issuer"), field("subject"), field("subjectPattern")];
  const [issuer, exact] = [read(issuerNode, filledText), read(exactNode, filledText)];
  const pattern = read(patternNode, subjectPattern);
  if (issuerNode === undefined) {
    return report(node, "`issuer` is missing", "write its URL, such as https://token.actions.githubusercontent.com");
  }
  if ((exactNode === undefined) === (patternNode === undefined)) {
    const hint = "write the whole subject, or a pattern that fits all of it";
    return report(node, "one of `subject` and `subjectPattern` is needed", hint);
  }
  if (issuer === undefined) return null;
  if (exact !== undefined) return { issuer, subject: { kind: "exact", text: exact } };
  return pattern === undefined ? null : { issuer, subject: { kind: "pattern", text: pattern } };
}

function subjectPattern(node: Node): string | null {
  const written = filledText(node);
  return written === null || parsed(node, parseExpression, "a regular expression") === null ? null : written;
}

function trustedRootIn(node: Node): string | null {
  const named = filledText(node);
  const text = named === null ? null : textOf(node, named, "the trusted root");
  if (text === null) return null;
  if (text.length > longestRoot) return report(node, "the trusted root is larger than 1 MiB");
  const fault = trustedRootFault(text);
  const hint = "name the file of `cosign trusted-root create`, or Sigstore's trusted_root.json";
  return fault === undefined ? text : report(node, `it is no trusted root: ${fault}`, hint);
}
