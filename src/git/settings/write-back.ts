import { z } from "zod";
import { quote } from "../../tools/quote.js";
import { wrong, type PlaceOf } from "./wrong.js";

export const writeBackSchema = z
  .strictObject({
    branch: z.string().min(1).optional().describe("the branch that is written to; else the one that is followed"),
    author: z
      .string()
      .optional()
      .describe("`Name <address>` of author and committer (`Fairlead <fairlead@localhost>`)"),
    what: z
      .enum(["digest", "tag"])
      .optional()
      .describe(
        "`digest`: the digest that runs, behind the tag that the file names; `tag`: the tag that a service's policy has chosen (`digest`)",
      ),
  })
  .describe(
    "commits into the services files what has proved itself; `{}` is enough, without the key nothing is written",
  );

export interface WrittenBack {
  readonly writeBack?: z.infer<typeof writeBackSchema> | undefined;
  readonly ref?: string | undefined;
  readonly verify?: object | undefined;
}

/** How what has proved itself is committed. */
export interface WriteBack {
  /** A branch without `refs/heads/`. Absent: the one that is followed. */
  readonly branch: string | undefined;
  readonly author: { readonly name: string; readonly email: string };
  readonly what: NotedPart;
}

/** The digest that runs, behind the written tag, or the tag that a policy has chosen, in place of the written one. */
export type NotedPart = "digest" | "tag";

const usualAuthor = "Fairlead <fairlead@localhost>";

export function isReference(ref: string): boolean {
  return /^[^\s~^:?*[\\\p{Cc}-][^\s~^:?*[\\\p{Cc}]*$/u.test(ref) && !/\.\.|@\{|\/\/|\/$|\.lock(?:\/|$)/.test(ref);
}

/** Undefined: nothing is written. Throws FairleadError ConfigInvalid, naming the place. */
export function writeBackOf(
  { writeBack: written, ref = "HEAD", verify }: WrittenBack,
  at: PlaceOf,
): WriteBack | undefined {
  if (written === undefined) return undefined;
  const branch = written.branch === undefined ? undefined : branchIn(written.branch, at);
  const isBranch = !ref.startsWith("refs/") || ref.startsWith("refs/heads/");
  if (branch === undefined && !isBranch) {
    throw wrong(
      at("writeBack"),
      `${quote(ref)} is no branch: nothing can be committed to it`,
      "write writeBack.branch",
    );
  }
  // Which branch HEAD is only the repository knows.
  const mayBeSame = branch === undefined || ref === "HEAD" || branch === branchName(ref);
  if (verify !== undefined && mayBeSame) {
    throw wrong(
      at("writeBack"),
      "what is written is not signed, and with `verify` no such commit comes in force",
      "name another branch as writeBack.branch, and `ref` too, so that a person merges it; or remove one of the two",
    );
  }
  return { branch, author: authorOf(written.author ?? usualAuthor, at), what: written.what ?? "digest" };
}

function branchIn(branch: string, at: PlaceOf): string {
  const name = branchName(branch);
  if (isReference(name) && name !== "HEAD" && !name.startsWith("refs/")) return name;
  throw wrong(at("writeBack.branch"), `${quote(branch)} is not a branch`, "write for example main");
}

function branchName(ref: string): string {
  return ref.replace(/^refs\/heads\//, "");
}

function authorOf(author: string, at: PlaceOf): WriteBack["author"] {
  const [, name = "", email = ""] = /^([^<>\p{Cc}]*[^<>\p{Cc}\s])\s*<([^<>\s\p{Cc}]+)>$/u.exec(author.trim()) ?? [];
  if (name !== "" && email !== "") return { name, email };
  throw wrong(at("writeBack.author"), `${quote(author)} is no author`, `write for example ${usualAuthor}`);
}
