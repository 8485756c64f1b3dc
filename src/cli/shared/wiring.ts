import type { ServiceKey } from "../../compose/model/service.js";
import type { ResolvedProject } from "../../compose/resolved/writer.js";
import type { Problem, Warning } from "../../compose/values/problem.js";
import type { AdminFlags, AdminPlace } from "../../config/admin.js";
import type { Config, Flags, Guarded } from "../../config/config.js";
import type { JournalFindings, OnEntry } from "../../control/journal/inspect/segments.js";
import type { SourceSnapshot } from "../../control/ports/source.js";
import type { Preview, Surface } from "../../control/surface/surface.js";
import type { OutboxFindings } from "../../notify/outbox/inspect.js";
import type { TestOutcome, TestWish } from "../../notify/model/standing.js";
import type { Finding } from "../../doctor/check.js";
import type { Secret } from "../../tools/secret.js";
import type { Admin } from "./address.js";

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

/** What a data directory holds, as far as it can be read. */
export interface KeptState {
  readonly journal: JournalFindings;
  /** Absent: nothing was ever to be told. */
  readonly outbox?: OutboxFindings | undefined;
}

export interface Running {
  /** Resolves when nothing is under way any more. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Rejects when it cannot go on, as when another controller has taken over. */
  readonly ended: Promise<void>;
}

/** This process in office, without listening anywhere. */
export interface Acting {
  readonly surface: Surface;
  /** Resolves after `stop`; rejects when it cannot go on, as when another controller has taken over. */
  readonly ended: Promise<void>;
  /** The steps under way end, and nothing is begun any more. */
  stop(): Promise<void>;
}

/** A terminal on which something is drawn in place. Only text and colours get through. */
export interface Live {
  /** In place of what was drawn before. */
  draw(lines: readonly string[]): void;
  /** A line that stays, above what is drawn. */
  above(line: string): void;
  /** How many lines it has. */
  rows(): number;
  /** What is drawn goes, and the cursor is as it was. */
  end(): void;
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
  configure(flags: Flags, unread?: readonly Guarded[]): Promise<Config>;
  /** For a verb that only asks a controller: of the settings those that say where it is. */
  locate(flags: AdminFlags): Promise<AdminPlace>;
  start(config: Config): Promise<Running>;
  /** Takes the office of controller for once. Throws FairleadError `AlreadyRunning` where somebody else has it. */
  act(config: Config, concerns: (key: ServiceKey) => boolean): Promise<Acting>;
  load(config: Config): Promise<SourceSnapshot>;
  /** The same, as one Compose file for each project. */
  resolve(config: Config): Promise<ResolvedFiles>;
  /** A services file for what others run on the host; `name` is the project's, where it is not to be found out. */
  draft(config: Config, choice: Choice, name: string | undefined): Promise<Draft>;
  preview(config: Config): Promise<Preview>;
  /** Tells one of those who are told by the settings a sample. Throws FairleadError `ConfigInvalid`: nobody is called so. */
  tell(config: Config, name: string, wish: TestWish): Promise<TestOutcome>;
  /** What is on the disk of the journal and of the outbox; `onEntry` is told of each decision, oldest first. */
  inspect(config: Config, onEntry?: OnEntry): Promise<KeptState>;
  /** What is in order on this host, and what not. `admin`: the controller that is asked. */
  examine(config: Config, admin: Admin): Promise<readonly Finding[]>;
  /** Standard output is a terminal. */
  readonly terminal: boolean;
  /** Absent: standard output is no terminal, or nothing is to be drawn there (`--no-color`, `NO_COLOR`, `CI`, `TERM=dumb`). */
  readonly live?: Live | undefined;
  /** Standard error is a terminal. */
  readonly errorTerminal: boolean;
  /** Of a file as a problem names it; undefined where it cannot be read. */
  readText(file: string): string | undefined;
  /** Undefined: there is nobody to ask, because there is no terminal. */
  readonly converse?: (() => Conversation) | undefined;
  print(text: string): void;
  /** In place of all that stands on the terminal. */
  redraw(text: string): void;
  /** To standard output, no faster than it takes them. False: nobody reads there any more. */
  pour(texts: AsyncIterable<string>): Promise<boolean>;
  complain(text: string): void;
}

/** What the shell is told: 0 all well, 1 an error, 2 (plan) there are changes, 3 and 4 (wait) it stays otherwise, or so far, 5 done, but forgotten if the controller ends now. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5;
