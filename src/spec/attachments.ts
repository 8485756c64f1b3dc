import { findDeclared, type Declared } from "./declared.js";
import { fields } from "./fields.js";
import { attachmentKeys } from "./keys.js";
import { entries, items, quoted, read, readAll, report, type Node } from "./node.js";
import { filledText, text } from "./scalar.js";
import type { NetworkAttachment, NetworkSpec } from "./service.js";

/** `networks` of a service: a list, or a mapping with aliases. None at all stands for `default`, as in Compose. */
export function attachments(
  node: Node | undefined,
  service: string,
  networks: Declared<NetworkSpec>,
): readonly NetworkAttachment[] {
  const written = node === undefined ? [] : Array.isArray(node.value) ? fromList(node) : fromMapping(node);
  if (written.length === 0) {
    const network = networks.get("default") ?? null;
    return network === null ? [] : [{ network, aliases: [service] }];
  }
  return written.flatMap(({ key, aliases, at }) => {
    const network = findDeclared(at, "networks", key, networks);
    return network === null ? [] : [{ network, aliases: [...new Set([service, ...aliases])] }];
  });
}

interface Written {
  readonly key: string;
  readonly aliases: readonly string[];
  readonly at: Node;
}

function fromList(node: Node): readonly Written[] {
  const seen = new Set<string>();
  return readAll(items(node), (at) => {
    const key = text(at);
    if (key === null) return null;
    if (seen.has(key)) return report(at, `${quoted(at)} is given twice`, "remove one of them");
    seen.add(key);
    return { key, aliases: [], at };
  });
}

function fromMapping(node: Node): readonly Written[] {
  return entries(node, "a list or a mapping").map(([key, at]) => {
    if (at.value === null) return { key, aliases: [], at };
    return { key, aliases: read(fields(at, attachmentKeys)("aliases"), aliases) ?? [], at };
  });
}

function aliases(node: Node): readonly string[] {
  return readAll(items(node), filledText);
}
