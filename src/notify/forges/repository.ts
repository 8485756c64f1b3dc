import { normalUrl } from "../../git/program/address.js";
import type { NoticeCommit } from "../model/notice.js";

/** Which commits a forge is told of, as the settings have it. */
export interface RepositoryChoice {
  /** The forge's own host, and the path that its repositories are below. */
  readonly site: URL;
  /** `acme/shop`, as the forge calls it. Absent: whatever the commit's repository is called there. */
  readonly repository: string | undefined;
  /** The repository that Fairlead reads, where that is another one: a mirror. */
  readonly source: string | undefined;
}

/** The repository at the forge that has this commit; undefined: it is of another one. */
export function repositoryOf({ source }: NoticeCommit, choice: RepositoryChoice): string | undefined {
  const { site, repository } = choice;
  const read = normalUrl(source.replace(/#.*$/, ""));
  if (read === undefined) return undefined;
  if (choice.source !== undefined) return normalUrl(choice.source) === read ? repository : undefined;
  if (repository !== undefined) return read.endsWith(`/${repository.toLowerCase()}`) ? repository : undefined;
  const beginning = `${site.hostname}${site.pathname.replace(/\/*$/, "/")}`.toLowerCase();
  return read.startsWith(beginning) ? read.slice(beginning.length) : undefined;
}
