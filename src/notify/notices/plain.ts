import type { Notice } from "../model/notice.js";
import { shortDigest, versionName } from "./draft.js";

/** All that a notice says, as lines of plain text. */
export function plainText(notice: Notice): string {
  const { title, reason, change, cause, commit, between = [], logs = [], command, suppressed, link } = notice;
  return [
    title,
    ...(reason === undefined ? [] : [reason]),
    ...(change === undefined ? [] : [`from ${nameOf(change.from)} to ${nameOf(change.to)}`]),
    ...(change?.skipped === undefined ? [] : [`tags between: ${change.skipped.join(", ")}`]),
    ...(cause === undefined ? [] : [`asked for by ${cause}`]),
    ...(commit === undefined
      ? []
      : [`commit ${commit.id.slice(0, 7)} of ${commit.source}, ${commit.author}: ${commit.subject}`]),
    ...(between.length === 0 ? [] : ["commits between:", ...between.map((line) => `  ${line}`)]),
    ...(suppressed === undefined ? [] : [`${suppressed} more were not told`]),
    ...(logs.length === 0 ? [] : ["last lines:", ...logs.map((line) => `  ${line}`)]),
    ...(command === undefined ? [] : [`run: ${command}`]),
    ...(link === undefined ? [] : [link]),
  ].join("\n");
}

function nameOf(version: { readonly digest: string; readonly tag?: string } | undefined): string {
  if (version === undefined) return "nothing";
  return version.tag === undefined ? versionName(version) : `${versionName(version)} (${shortDigest(version.digest)})`;
}
