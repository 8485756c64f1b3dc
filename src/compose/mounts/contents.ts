import { Secret } from "../../tools/secret.js";
import { declarations, type Declared } from "../declarations/declared.js";
import { commandPath } from "../document/command-path.js";
import { hostPath } from "../document/host-path.js";
import { isMapping, read, report, reportKey, wrongKind, type Node } from "../document/node.js";
import { isOwnSecret, ownSecretFault, ownSecretHint } from "../document/variables/own-secrets.js";
import { contentText, filledText } from "../document/scalar.js";
import { configKeys, secretExtensionKeys, secretKeys } from "../keys/declaration-keys.js";
import { fields } from "../keys/fields.js";

export type ContentSection = "configs" | "secrets";

/** Where a config or secret comes from. */
export type Content =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "text"; readonly text: Secret }
  /** A program of the settings tells it. */
  | { readonly kind: "command"; readonly path: string };

/** The top-level `configs`. */
export function declaredConfigs(node: Node | undefined): Declared<Content> {
  return new Map(declarations(node, (_, at) => config(at)));
}

/** The top-level `secrets`. */
export function declaredSecrets(node: Node | undefined): Declared<Content> {
  return new Map(declarations(node, (_, at) => secret(at)));
}

function config(node: Node): Content | null {
  const field = node.value === null ? () => undefined : fields(node, configKeys);
  read(field("name"), filledText);
  return source(node, [
    ["file", field("file")],
    ["environment", field("environment")],
    ["content", field("content")],
  ]);
}

function secret(node: Node): Content | null {
  const field = node.value === null ? () => undefined : fields(node, secretKeys);
  read(field("name"), filledText);
  return source(node, [
    ["file", field("file")],
    ["environment", field("environment")],
    ["x-fairlead", field("x-fairlead")],
  ]);
}

type SourceKey = "file" | "environment" | "content" | "x-fairlead";

/** Exactly one of the keys must be there. */
function source(node: Node, sources: readonly (readonly [key: SourceKey, node: Node | undefined])[]): Content | null {
  const given = sources.flatMap(([key, at]) => (at === undefined ? [] : [{ key, at }]));
  const [first, second] = given;
  if (first === undefined) {
    // An external one has been refused already, with what to write instead.
    if (isMapping(node.value) && Object.hasOwn(node.value, "external")) return null;
    const keys = sources.map(([key]) => `\`${key}\``).join(", ");
    return report(node, "it has no source", `write one of ${keys}`);
  }
  if (second !== undefined)
    return reportKey(second.at, `it has a source already: \`${first.key}\``, "remove one of them");
  switch (first.key) {
    case "file":
      return file(first.at);
    case "environment":
      return variable(first.at);
    case "x-fairlead":
      return command(first.at);
    case "content":
      return first.at.value === null ? wrongKind(first.at, "a string") : literal(first.at);
  }
}

function file(node: Node): Content | null {
  const written = filledText(node);
  const path = written === null ? null : hostPath(node, written);
  return path === null ? null : { kind: "file", path };
}

function variable(node: Node): Content | null {
  const name = filledText(node);
  if (name === null) return null;
  if (isOwnSecret(name)) return report(node, ownSecretFault(name), ownSecretHint);
  const value = node.reading.variables(name);
  if (value !== undefined) return { kind: "text", text: new Secret(value) };
  return report(node, "Fairlead's environment has no such variable", "set it; an empty value is one too");
}

const longestArgument = 1_000;

/** Which programs there are only the settings say; what one is told comes last, and is no option. */
function command(node: Node): Content | null {
  const field = fields(node, secretExtensionKeys);
  const [named, told] = [field("command"), field("argument")];
  if (named === undefined) report(node, "`command` is missing", "it names one of `secretCommands` in the settings");
  if (told === undefined) report(node, "`argument` is missing", "it says which secret is meant");
  const name = read(named, filledText);
  const argument = read(told, (at) => {
    const written = filledText(at);
    if (written === null) return null;
    if (written.startsWith("-")) return report(at, "the argument would be an option", "write what is meant");
    const isFit = written.length <= longestArgument && !/\p{Cc}/u.test(written);
    return isFit ? written : report(at, "the argument is too long, or more than a line");
  });
  if (name === undefined || argument === undefined) return null;
  return { kind: "command", path: commandPath(name, argument) };
}

function literal(node: Node): Content | null {
  const written = contentText(node);
  return written === null ? null : { kind: "text", text: new Secret(written) };
}
