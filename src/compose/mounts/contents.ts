import { Secret } from "../../tools/secret.js";
import { given } from "../../tools/present.js";
import { declarations, type Declared } from "../declarations/declared.js";
import { external, refuseBesideExternal } from "../declarations/external.js";
import { commandPath } from "../document/command-path.js";
import { hostPath } from "../document/host-path.js";
import { isMapping, read, report, reportKey, wrongKind, type Node } from "../document/node.js";
import { labels } from "../document/pairs.js";
import { isOwnSecret, ownSecretFault, ownSecretHint } from "../document/variables/own-secrets.js";
import { contentText, filledText } from "../document/scalar.js";
import { configKeys, secretExtensionKeys, secretKeys } from "../keys/declaration-keys.js";
import { fields } from "../keys/fields.js";

export type ContentSection = "configs" | "secrets";

/** Where a config or secret comes from. */
export type Content = {
  /** In a Swarm's store. */
  readonly labels?: Readonly<Record<string, string>>;
} & Source;

type Source =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "text"; readonly text: Secret }
  /** A program of the settings tells it. */
  | { readonly kind: "command"; readonly path: string }
  /** In a Swarm's store it is called so. */
  | { readonly kind: "stored"; readonly name: string };

/** The top-level `configs`. */
export function declaredConfigs(node: Node | undefined): Declared<Content> {
  return new Map(declarations(node, config));
}

/** The top-level `secrets`. */
export function declaredSecrets(node: Node | undefined): Declared<Content> {
  return new Map(declarations(node, secret));
}

function config(key: string, node: Node): Content | null {
  const field = node.value === null ? () => undefined : fields(node, configKeys);
  return content(key, node, field, [
    ["file", field("file")],
    ["environment", field("environment")],
    ["content", field("content")],
  ]);
}

function secret(key: string, node: Node): Content | null {
  const field = node.value === null ? () => undefined : fields(node, secretKeys);
  return content(key, node, field, [
    ["file", field("file")],
    ["environment", field("environment")],
    ["x-fairlead", field("x-fairlead")],
  ]);
}

type Sources = readonly (readonly [key: SourceKey, node: Node | undefined])[];

function content(
  key: string,
  node: Node,
  field: (key: "name" | "external" | "labels") => Node | undefined,
  sources: Sources,
): Content | null {
  const name = read(field("name"), filledText);
  const declared = read(field("labels"), labels);
  const { external: isExternal, name: older } = external(field("external"));
  if (!isExternal) {
    const found = source(node, sources);
    return found && { ...found, ...given({ labels: declared }) };
  }
  refuseBesideExternal([field("labels"), ...sources.map(([, at]) => at)]);
  return { kind: "stored", name: name ?? older ?? key };
}

type SourceKey = "file" | "environment" | "content" | "x-fairlead";

/** Exactly one of the keys must be there. */
function source(node: Node, sources: Sources): Source | null {
  const written = sources.flatMap(([key, at]) => (at === undefined ? [] : [{ key, at }]));
  const [first, second] = written;
  if (first === undefined) {
    // On a host an external one has been refused already, with what to write instead.
    if (isMapping(node.value) && Object.hasOwn(node.value, "external") && node.reading.engine !== "swarm") return null;
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

function file(node: Node): Source | null {
  const written = filledText(node);
  const path = written === null ? null : hostPath(node, written);
  return path === null ? null : { kind: "file", path };
}

function variable(node: Node): Source | null {
  const name = filledText(node);
  if (name === null) return null;
  if (isOwnSecret(name)) return report(node, ownSecretFault(name), ownSecretHint);
  const value = node.reading.variables(name);
  if (value !== undefined) return { kind: "text", text: new Secret(value) };
  return report(node, "Fairlead's environment has no such variable", "set it; an empty value is one too");
}

const longestArgument = 1_000;

/** Which programs there are only the settings say; what one is told comes last, and is no option. */
function command(node: Node): Source | null {
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

function literal(node: Node): Source | null {
  const written = contentText(node);
  return written === null ? null : { kind: "text", text: new Secret(written) };
}
