import { groupOf } from "../../tools/present.js";
import { distinct, once } from "../document/lists.js";
import { quoted, read, report, suggestName, type Node } from "../document/node.js";
import { settings } from "../document/pairs.js";
import { boolean, filledText, scalarText, text } from "../document/scalar.js";
import type { Fields } from "../keys/fields.js";
import type { serviceKeys } from "../keys/keys.js";
import type { Security } from "../model/container/options.js";
import { capabilities } from "../values/capabilities.js";
import { seccompProfile } from "./seccomp.js";

const unmasked = "systempaths=unconfined";

/** What a container may do. */
export function security(field: Fields<typeof serviceKeys>): Security | undefined {
  const written = read(field("security_opt"), (at) => distinct(at, securityOption));
  const securityOptions = written?.filter((option) => option !== unmasked);
  return groupOf({
    capAdd: read(field("cap_add"), (at) => once(at, capability)),
    capDrop: read(field("cap_drop"), (at) => once(at, capability)),
    securityOptions: securityOptions?.length === 0 ? undefined : securityOptions,
    unmaskedPaths: written?.includes(unmasked) === true ? (true as const) : undefined,
    privileged: read(field("privileged"), boolean),
    readOnly: read(field("read_only"), boolean),
    groupAdd: read(field("group_add"), (at) => distinct(at, scalarText)),
    sysctls: read(field("sysctls"), sysctls),
  });
}

function capability(node: Node): string | null {
  const written = filledText(node);
  if (written === null) return null;
  const name = written.toUpperCase().replace(/^CAP_/, "");
  if (name === "ALL" || capabilities.has(name)) return written;
  return report(
    node,
    `${quoted(node)} is not a capability`,
    suggestName(name, ["ALL", ...capabilities], "see capabilities(7)"),
  );
}

/** In the forms of `docker run --security-opt`. */
function securityOption(node: Node): string | null {
  const option = text(node);
  if (option === null) return null;
  const [, name, value] = /^([a-z-]+)[=:](.+)$/.exec(option) ?? [];
  if (option !== "no-new-privileges" && (name === undefined || value === undefined)) {
    return report(node, `${quoted(node)} is not a security option`, "write for example `no-new-privileges:true`");
  }
  if (name === "seccomp" && value !== "unconfined" && value !== "builtin") {
    return value === undefined ? null : seccompProfile(node, value);
  }
  return option;
}

function sysctls(node: Node): Readonly<Record<string, string>> | null {
  const found = settings(node);
  const isWhole = Object.values(found).every((value) => value !== "");
  return isWhole ? found : report(node, "one of them has no value", "write `name: value` or `name=value`");
}
