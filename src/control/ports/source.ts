import type { ProjectSpec } from "../../compose/model/service.js";
import type { Digest, ImageReference } from "../../compose/values/image.js";
import type { Problem, Warning } from "../../compose/values/problem.js";

/** Where desired state comes from. */
export interface Source {
  /** Reads everything anew; never throws: what is wrong stands in `problems`, and the last good projects stay. */
  load(): Promise<SourceSnapshot>;
  /** Calls `onChange` after each change that was seen and loaded, until the signal aborts. */
  watch(onChange: (snapshot: SourceSnapshot) => void, signal: AbortSignal): void;
  /** The repositories that are followed, as they stand now. Absent: there are none. */
  repositories?(): readonly RepositoryState[];
  /** Somebody says that a repository has news: those that follow it look at it now. Nothing else is believed. */
  told?(push: Push): Told;
  /**
   * A person's word about files of a project that a commit and a container have both changed: `ours` is what the container has
   * left, `theirs` what git has. No files: all that wait for it. Undefined: the project is not of a repository.
   */
  sync?(project: string, side: "ours" | "theirs", files: readonly string[]): Promise<Synced> | undefined;
  /**
   * Processes were told of these files and have taken it badly: those that the source brings up to date itself hold again what
   * they held before, until they change or `forgive` is called. What holds something else by now stays.
   */
  takeBack?(told: readonly ToldFile[]): Promise<void>;
  /** What of these paths was taken back is brought up to date. Answers whether anything was. */
  forgive?(paths: ReadonlySet<string>): Promise<boolean>;
  /** What it keeps on the host. */
  kept?(): Promise<readonly Kept[]>;
  /**
   * What a service has proved as of now; undefined: nothing that is to be written down. It is told at each look, so that nobody
   * has to remember it. Where the settings ask for it, the source writes it into the service's file, in its own time.
   */
  proved?(service: DeclaredService, proven: Proven | undefined): void;
  /** Calls back for each commit by which that was written down, until the signal aborts. */
  watchRecords?(onRecorded: (recorded: Recorded) => void, signal: AbortSignal): void;
  /**
   * The commits by which a project has come from one commit to a later one, as far as that can be found out within bounds.
   * Asks the other side, beside all that follows the repository. Undefined: nobody follows it. Rejects with FairleadError
   * `SourceUnavailable` where it cannot be told, and with the signal's reason.
   */
  commitsBetween?(span: CommitSpan, signal: AbortSignal): Promise<CommitsBetween> | undefined;
  /** So much of what it keeps on the host is in use by containers; the rest may go. */
  tidy?(mounted: ReadonlySet<string>): Promise<void>;
}

export interface DeclaredService {
  /** The repository that its project is of, as `Provenance` names it. */
  readonly source: string;
  readonly project: string;
  readonly service: string;
}

/** The digest behind a service's tag, which is the stable one. */
export interface Proven {
  /** As it is declared, and without a digest. */
  readonly image: ImageReference;
  readonly digest: Digest;
  /** The rollout that has shown it, as `project/service@revision`, if that is known. */
  readonly rollout?: string;
  /** Who or what asked for the look that began it, in words, if that is known. */
  readonly cause?: string;
}

/** A commit of ours. */
export interface Recorded {
  readonly source: string;
  readonly branch: string;
  readonly commit: string;
  readonly services: readonly (Pick<DeclaredService, "project" | "service"> & { readonly digest: Digest })[];
}

/** How what has proved itself is written into the files. */
export interface WriteBackState {
  /** Absent: it was not looked for yet. */
  readonly branch?: string;
  readonly condition: { readonly status: "True" | "False"; readonly reason: string; readonly message: string };
  /** Our last commit since this process began. */
  readonly last?: { readonly commit: string; readonly at: string; readonly services: readonly string[] };
}

/** What a forge says. */
export interface Push {
  /** URLs of one repository, as different senders write them. */
  readonly repositories: readonly string[];
  /** A full reference, such as `refs/heads/main`. Absent: any. */
  readonly ref: string | undefined;
}

/** Who looks; where nobody does, why. */
export interface Told {
  readonly looking: readonly string[];
  readonly reason: string | undefined;
}

/** A file that is not as git has it, and that stays as a container has left it. */
export interface LocalChange {
  /** From the repository's root on. */
  readonly file: string;
  /** Where it is on the host. */
  readonly path: string;
  /** In words. */
  readonly what: string;
}

/** A mounted file, or folder, of which a process was told. */
export interface ToldFile {
  /** On the host. */
  readonly path: string;
  /** What it held, as `HostFiles` identifies it. */
  readonly content: string;
}

/** A mounted file, or folder, that does not hold what git has: a process has taken that badly. */
export interface TakenBack {
  /** On the host. */
  readonly path: string;
  /** From the repository's root on. */
  readonly file: string;
}

/**
 * `content`: something of a revision, which never changes. `tended`: the files of a service that are written in place. `objects`: what
 * revisions are read from. `replaced`: what containers had written and a person gave up; it stays until somebody removes it.
 */
export type KeptKind = "content" | "tended" | "objects" | "replaced";

export interface Kept {
  /** The repository, without a login. */
  readonly source: string;
  readonly kind: KeptKind;
  /** A folder of the host. */
  readonly path: string;
  readonly bytes: number;
  /** Those whose revision in force needs it. */
  readonly projects: readonly string[];
}

export interface Synced {
  /** What was decided, from the repository's root on. */
  readonly files: readonly string[];
  /** Where on the host is now what had to make room. */
  readonly kept: readonly { readonly file: string; readonly path: string }[];
  /** There is nothing to decide about them, or something else has to go first. */
  readonly left: readonly string[];
}

export interface Commit {
  readonly id: string;
  readonly author: string;
  /** ISO 8601. */
  readonly at: string;
  /** The first line of its message. */
  readonly subject: string;
}

/** From one commit of a repository to another one. */
export interface CommitSpan {
  /** The repository, as `Provenance` names it. */
  readonly source: string;
  readonly project: string;
  /** Ids in full. */
  readonly before: string;
  readonly commit: string;
}

export type CommitsBetween =
  /**
   * Those that change what the project is made of, oldest first, without merges and without the last one itself. `more`: so many
   * older ones besides. `isAll` false: there may be still others, of branches that are older than what was fetched.
   */
  | {
      readonly kind: "listed";
      readonly commits: readonly PassedCommit[];
      readonly more: number;
      readonly isAll: boolean;
    }
  /** The commit before is not in the history of the other one: it was rewritten, or goes back. */
  | { readonly kind: "rewritten" }
  /** The later one is not in what is followed any more. */
  | { readonly kind: "gone" }
  /** It is not in the newest `depth` generations. */
  | { readonly kind: "beyond"; readonly depth: number };

export interface PassedCommit {
  readonly id: string;
  readonly author: string;
  /** The first line of its message. */
  readonly subject: string;
  /** The repository's tags of it. */
  readonly tags: readonly string[];
}

/** A repository that is followed. */
export interface RepositoryState {
  /** Its URL, without a login. */
  readonly source: string;
  readonly ref: string;
  /** The last that was seen. */
  readonly newest: Commit | undefined;
  /** The last that something was taken from. */
  readonly inForce: Commit | undefined;
  /** ISO 8601: when it was last reached, and held nothing that we do not know. */
  readonly lastSuccessAt: string | undefined;
  readonly condition: { readonly status: "True" | "False"; readonly reason: string; readonly message: string };
  /** Of each project the revision in force: an older one where the newest is broken. */
  readonly projects: readonly { readonly project: string; readonly file: string; readonly revision: string }[];
  /** Absent: nothing is written into it. */
  readonly writeBack?: WriteBackState;
}

/** Where a project comes from: the commit that changed it last. */
export interface Provenance {
  readonly source: string;
  readonly commit: Commit;
}

export interface SourceSnapshot {
  /** Counts changed contents; what a condition's `observedGeneration` refers to. */
  readonly generation: number;
  /** The last good version of each project; one that was never good is absent. */
  readonly projects: readonly ProjectSpec[];
  readonly problems: readonly Problem[];
  /** Of the newest version of each project. */
  readonly warnings: readonly Warning[];
  /** Every project's own file (`ProjectSpec.file`), with the problems of its newest version, which may lie in further files. */
  readonly files: ReadonlyMap<string, readonly Problem[]>;
  /** Of projects that come from a repository, by their names. */
  readonly provenance?: ReadonlyMap<string, Provenance>;
  /** Of projects that come from a repository, by their names. */
  readonly localChanges?: ReadonlyMap<string, readonly LocalChange[]>;
  /** Of projects that come from a repository, by their names. */
  readonly takenBack?: ReadonlyMap<string, readonly TakenBack[]>;
}
