/*
 * Secrets that programs of the settings file tell: when they are asked, and what is known meanwhile.
 */

import { createHash } from "node:crypto";
import { nearest } from "../tools/suggest.js";
import { quote } from "../tools/quote.js";
import { runProgram, type Program, type Ran } from "./run.js";

export interface SecretCommand extends Program {
  /** Absent: it is asked once. */
  readonly refreshMs?: number | undefined;
  /** Where the settings name it. */
  readonly place?: string;
  /** Of the variables that it is to be given, those that are not set. */
  readonly unset?: readonly string[];
}

export type Told = { readonly bytes: Buffer } | { readonly fault: string };

/** What was said last, and when. */
interface Answer {
  readonly told: Told;
  readonly at: number;
  readonly stamp: string;
}

/** What has failed is asked again so soon, at the latest. */
const retryMs = 30_000;

export class SecretCommands {
  readonly #answers = new Map<string, Answer>();
  readonly #asking = new Map<string, Promise<Answer>>();

  constructor(
    private readonly commands: ReadonlyMap<string, SecretCommand>,
    private readonly now: () => number = () => performance.now(),
    private readonly run: (program: Program, argument: string) => Promise<Ran> = runProgram,
  ) {}

  /** What is known, if it is fresh; else what the program says now. */
  async read(name: string, argument: string): Promise<Told> {
    const command = this.commands.get(name);
    if (command === undefined) return { fault: this.#unknown(name) };
    const known = this.#answers.get(keyOf(name, argument));
    if (known !== undefined && !this.#isDue(command, known)) return known.told;
    return (await this.#ask(name, command, argument)).told;
  }

  /** Another one once something else is known. What is due is asked for meanwhile, and nobody waits for it. */
  stamp(name: string, argument: string): string {
    const command = this.commands.get(name);
    const known = this.#answers.get(keyOf(name, argument));
    if (command === undefined || known === undefined) return "unknown";
    if (this.#isDue(command, known)) void this.#ask(name, command, argument);
    return known.stamp;
  }

  #isDue({ refreshMs = Infinity }: SecretCommand, { told, at }: Answer): boolean {
    return this.now() - at >= ("fault" in told ? Math.min(refreshMs, retryMs) : refreshMs);
  }

  async #ask(name: string, command: SecretCommand, argument: string): Promise<Answer> {
    const key = keyOf(name, argument);
    const before = this.#asking.get(key);
    if (before !== undefined) return before;
    const asking = this.#answerOf(name, command, argument).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #answerOf(name: string, command: SecretCommand, argument: string): Promise<Answer> {
    const ran = await this.run(command, argument).catch((): Ran => ({ fault: "it could not run" }));
    const said = toldBy(ran);
    const told: Told = "fault" in said ? { fault: faultOf(name, command, said.fault) } : said;
    const stamp = "fault" in told ? told.fault : createHash("sha256").update(told.bytes).digest("hex");
    const answer = { told, at: this.now(), stamp };
    this.#answers.set(keyOf(name, argument), answer);
    return answer;
  }

  #unknown(name: string): string {
    const meant = nearest(name, this.commands.keys());
    const hint = meant === undefined ? "a services file names no programs" : `did you mean ${quote(meant)}?`;
    return `the settings have no secret command ${quote(name)}: ${hint}`;
  }
}

/** A password that is empty is none: a program that found nothing may end well all the same. */
function toldBy(ran: Ran): Told {
  if ("fault" in ran) return ran;
  const bytes = lineOf(ran.output);
  return bytes.length === 0 ? { fault: "it ended well, and printed nothing" } : { bytes };
}

/** With the program and its place, and without its argument and its words: either may be secret. */
function faultOf(name: string, { command, place, unset = [] }: SecretCommand, fault: string): string {
  const [program = ""] = command;
  const where = [program, ...(place === undefined ? [] : [place])].join(", ");
  const lacks =
    unset.length === 0
      ? ""
      : `; ${unset.join(", ")}, which it is to be given, ${unset.length === 1 ? "is" : "are"} not set`;
  return `the secret command ${quote(name)} (${where}): ${fault}${lacks}`;
}

function keyOf(name: string, argument: string): string {
  return JSON.stringify([name, argument]);
}

const lineFeed = 10;

/** Programs end what they say with a line break, which is no part of it. */
function lineOf(output: Buffer): Buffer {
  return output.at(-1) === lineFeed ? output.subarray(0, -1) : output;
}
