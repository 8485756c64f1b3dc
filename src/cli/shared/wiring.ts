import type { ResolvedProject } from "../../compose/resolved/writer.js";
import type { Problem, Warning } from "../../compose/values/problem.js";
import type { Config, Flags, Guarded } from "../../config/config.js";
import type { SourceSnapshot } from "../../control/ports/source.js";
import type { Preview } from "../../control/surface/surface.js";
import type { Secret } from "../../tools/secret.js";

/** Which containers of the host. */
export interface Choice {
  readonly all: boolean;
  readonly projects: readonly string[];
  readonly containers: readonly string[];
}

export interface Draft {
  readonly file: object;
  /** What the file does not say, and what to look at; without values. */
  readonly notes: readonly string[];
  /** What the file refers to by `${NAME}`. */
  readonly secrets: ReadonlyMap<string, Secret>;
}

export interface ResolvedFiles {
  /** Those without problems. */
  readonly projects: readonly ResolvedProject[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

export interface Running {
  /** Resolves when nothing is under way any more. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Rejects when it cannot go on, as when another controller has taken over. */
  readonly ended: Promise<void>;
}

/** Questions to the person at the terminal. */
export interface Conversation {
  /** A line, without its end. Throws FairleadError ConfigInvalid where no answer comes any more. */
  ask(question: string): Promise<string>;
  close(): void;
}

/** What the verbs are given by main: adapters are behind these functions. */
export interface Wiring {
  readonly version: string;
  /** `unread`: what the verb has no use for, and its user may not be able to read. */
  configure(flags: Flags, unread?: readonly Guarded[]): Config;
  start(config: Config): Promise<Running>;
  load(config: Config): Promise<SourceSnapshot>;
  /** The same, as one Compose file for each project. */
  resolve(config: Config): Promise<ResolvedFiles>;
  /** A services file for what others run on the host; `name` is the project's, where it is not to be found out. */
  draft(config: Config, choice: Choice, name: string | undefined): Promise<Draft>;
  preview(config: Config): Promise<Preview>;
  /** Standard output is a terminal. */
  readonly terminal: boolean;
  /** Standard error is a terminal. */
  readonly errorTerminal: boolean;
  /** Of a file as a problem names it; undefined where it cannot be read. */
  readText(file: string): string | undefined;
  /** Undefined: there is nobody to ask, because there is no terminal. */
  readonly converse?: (() => Conversation) | undefined;
  print(text: string): void;
  /** To standard output, no faster than it takes them. False: nobody reads there any more. */
  pour(texts: AsyncIterable<string>): Promise<boolean>;
  complain(text: string): void;
}

/** What the shell is told: 0 all well, 1 an error, 2 (plan) there are changes, 3 and 4 (wait) it stays otherwise, or so far, 5 done, but forgotten if the controller ends now. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5;
