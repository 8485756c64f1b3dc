import type * as Re2 from "re2js";
import { quote } from "../tools/quote.js";
import { FairleadError } from "../errors.js";
import { loadLate } from "../process/load-late.js";

export interface TagExpression {
  /**
   * What tags are compared by: the group `version` where there is one, then the other named groups from left to right; without
   * named groups the whole tag. Undefined: it does not fit the whole tag. Takes a time that grows with the tag's length alone.
   */
  keysOf(tag: string): readonly string[] | undefined;
}

const longest = 500;

/** A regular expression of RE2. Throws FairleadError `SpecInvalid`. */
export function parseExpression(text: string): TagExpression {
  const { RE2JS } = loadLate("re2js") as typeof Re2;
  if (text.length > longest) throw refused(text, `it is longer than ${longest} characters`);
  const compiled = (() => {
    try {
      return RE2JS.compile(text);
    } catch (thrown) {
      throw refused(text, thrown instanceof Error ? thrown.message : String(thrown));
    }
  })();
  const groups = Object.entries(compiled.namedGroups()).sort(([one, left], [other, right]) => {
    return Number(other === "version") - Number(one === "version") || left - right;
  });
  return {
    keysOf: (tag) => {
      const matcher = compiled.matcher(tag);
      if (!matcher.matches()) return undefined;
      return groups.length === 0 ? [tag] : groups.map(([, index]) => matcher.group(index) ?? "");
    },
  };
}

function refused(text: string, why: string): FairleadError {
  return new FairleadError("SpecInvalid", `${quote(text.slice(0, 80))} is not a regular expression: ${why}`, {
    remedy: "write one of RE2, such as `^release-(?<version>.*)$`; RE2 has no look-around and no back references",
    retry: "never",
  });
}
