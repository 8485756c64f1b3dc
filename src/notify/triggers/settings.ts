import { wrongAt } from "../../tools/placed.js";
import { nearest } from "../../tools/suggest.js";
import { quote } from "../../tools/quote.js";
import { addressAt } from "../words/address.js";
import { choiceOf } from "../words/choice.js";
import { jsonTemplateAt } from "../words/template.js";
import type { Words } from "../words/words.js";
import {
  triggerFields,
  triggerTypes,
  type TriggerField,
  type TriggerType,
  type WrittenTrigger,
  type WrittenTriggers,
} from "./fields.js";
import { generic } from "./generic.js";
import { gitea } from "./gitea.js";
import { github } from "./github.js";
import { gitlab } from "./gitlab.js";
import { jenkins } from "./jenkins.js";
import type { TriggerKind } from "./kind.js";
import { woodpecker } from "./woodpecker.js";

export const triggerKinds: Readonly<Record<TriggerType, TriggerKind>> = {
  gitlab,
  github,
  gitea,
  woodpecker,
  jenkins,
  generic,
};

/** A pipeline that is to be begun, as far as the settings alone say it. */
export interface TriggerSettings {
  readonly name: string;
  readonly type: TriggerType;
  readonly written: WrittenTrigger;
  /** Absent: it is in `urlFile`. */
  readonly url: string | undefined;
  /** Where its files are named. */
  readonly places: Readonly<Record<SecretKey, string>>;
}

export type SecretKey = "tokenFile" | "apiTokenFile" | "urlFile";

/** `receivers`: the names that `hook:` may have. Throws FairleadError `ConfigInvalid`. */
export function triggerSettingsOf(
  all: WrittenTriggers,
  place: (key: string) => string,
  receivers: readonly string[],
): readonly TriggerSettings[] {
  return Object.entries(all).map(([name, written]) => {
    const at = (key: string) => place(key === "" ? name : `${name}.${key}`);
    const type = typeOf(name, written, at);
    const { check, url: usual } = triggerKinds[type];
    checkKeys(type, written, at);
    check?.(written, at);
    choiceOf(written, at, receivers);
    fillingOf(written, at);
    const address = written.url ?? (written.urlFile === undefined ? usual : undefined);
    const url = address === undefined ? undefined : addressAt(address, () => at("url"));
    return {
      ...{ name, type, written },
      url: type === "generic" ? url : url?.replace(/\/+$/, ""),
      places: { tokenFile: at("tokenFile"), apiTokenFile: at("apiTokenFile"), urlFile: at("urlFile") },
    };
  });
}

/** What a pipeline is given, with the words of one notice. */
export interface Filling {
  readonly variables: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Throws FairleadError `ConfigInvalid` for a word that there is not. */
export function fillingOf(
  { variables = {}, body }: WrittenTrigger,
  at: (key: string) => string = (key) => key,
): (words: Words) => Filling {
  const inVariables = jsonTemplateAt(variables, (key) => at(`variables${key}`));
  const inBody = jsonTemplateAt(body, (key) => at(`body${key}`));
  return (words) => ({ variables: inVariables(words) as Filling["variables"], body: inBody(words) });
}

function typeOf(name: string, { type }: WrittenTrigger, at: (key: string) => string): TriggerType {
  const found = type ?? triggerTypes.find((one) => one === name);
  if (found !== undefined) return found;
  const meant = nearest(name, triggerTypes);
  const hint = meant === undefined ? "" : ` (did you mean ${quote(meant)}?)`;
  throw wrongAt(at(""), `nothing says what it begins${hint}`, `write its \`type\`, one of ${triggerTypes.join(", ")}`);
}

function checkKeys(type: TriggerType, written: WrittenTrigger, at: (key: string) => string): void {
  const { needs, takes, mostVariables } = triggerKinds[type];
  const missing = needs.find((key) => written[key] === undefined);
  if (missing !== undefined) throw wrongAt(at(""), `there is no \`${missing}\``, `${type} needs ${needs.join(", ")}`);
  const all = Object.keys(triggerFields) as TriggerField[];
  const idle = all.find((key) => written[key] !== undefined && ![...needs, ...takes].includes(key));
  if (idle !== undefined) throw wrongAt(at(idle), `${type} has no use for it`, "leave it out");
  if (type === "gitlab" && written.tokenFile !== undefined && written.apiTokenFile !== undefined) {
    throw wrongAt(at("apiTokenFile"), "tokenFile and apiTokenFile exclude each other", "remove one of them");
  }
  if (type === "gitlab" && written.tokenFile === undefined && written.apiTokenFile === undefined) {
    throw wrongAt(
      at(""),
      "one of `tokenFile` and `apiTokenFile` is needed",
      "write tokenFile with a trigger token of the project",
    );
  }
  const count = Object.keys(written.variables ?? {}).length;
  const most = mostVariables?.(written) ?? Infinity;
  if (count <= most) return;
  throw wrongAt(at("variables"), `${count} variables are too many for ${type}`, `write up to ${most}`);
}
