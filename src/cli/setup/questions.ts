import { resolve } from "node:path";
import { quote } from "../../tools/quote.js";
import { nearest } from "../../tools/suggest.js";
import { FairleadError } from "../../errors.js";
import { exists } from "../shared/new-files.js";
import type { Conversation, Wiring } from "../shared/wiring.js";

/** One of the three things that have to be known. */
export interface Question<Answer extends string> {
  readonly flag: string;
  readonly asks: string;
  readonly options: Readonly<Partial<Record<Answer, string>>>;
  /** Anything else is an answer too: this. */
  readonly otherwise?: string;
}

const services: Question<string> = {
  flag: "--services",
  asks: "What is to run on this host?",
  options: {
    running: "what runs here already, whoever started it",
    example: "one web server, to begin with",
  },
  otherwise: "the path of a Compose file",
};

export type Pushes = "dockerhub" | "generic" | "none";

const pushes: Question<Pushes> = {
  flag: "--pushes",
  asks: "Who says that an image was pushed?",
  options: {
    dockerhub: "Docker Hub's webhook",
    generic: "a pipeline, curl, or anything else that can call a URL",
    none: "nobody: registries are asked every five minutes",
  },
};

export type Place = "terminal" | "systemd" | "container";

const place: Question<Place> = {
  flag: "--run",
  asks: "How will Fairlead run?",
  options: {
    terminal: "by hand, with `fairlead run`",
    systemd: "as a service of the host",
    container: "with Docker Compose, by the compose.yml of the repository",
  },
};

export const questions = { services, pushes, place } as const;

export interface Answers {
  readonly services: string;
  readonly pushes: Pushes;
  readonly place: Place;
}

/** What flags say, and for the rest the person at the terminal. Throws FairleadError ConfigInvalid with all that is missing. */
export async function readAnswers(
  given: Readonly<Partial<Record<keyof Answers, string>>>,
  suggested: Answers,
  { converse }: Pick<Wiring, "converse">,
): Promise<Answers> {
  const names = Object.keys(questions) as (keyof Answers)[];
  const told: (readonly [keyof Answers, string | undefined])[] = [];
  for (const name of names) told.push([name, await check(name, given[name])]);
  const missing = told.flatMap(([name, answer]) => (answer === undefined ? [name] : []));
  const known = Object.fromEntries(told) as Readonly<Record<keyof Answers, string | undefined>>;
  if (missing.length === 0) return known as Answers;
  if (converse === undefined) throw unanswered(missing);
  const conversation = converse();
  try {
    const asked = new Map<keyof Answers, string>();
    for (const name of missing) asked.set(name, await askFor(name, suggested[name], conversation));
    return { ...known, ...Object.fromEntries(asked) } as Answers;
  } finally {
    conversation.close();
  }
}

async function askFor(name: keyof Answers, suggested: string, conversation: Conversation): Promise<string> {
  const question: Question<string> = questions[name];
  let told = `${question.asks}\n${choices(question).join("\n")}\n[${suggested}]`;
  for (;;) {
    const answer = (await conversation.ask(told)).trim();
    try {
      return (await check(name, answer === "" ? suggested : answer)) ?? suggested;
    } catch (thrown) {
      if (!(thrown instanceof FairleadError)) throw thrown;
      told = `${thrown.message}\n[${suggested}]`;
    }
  }
}

function choices({ options, otherwise }: Question<string>): readonly string[] {
  const all = Object.entries(options).map(([word, what]) => `  ${word.padEnd(10)} ${what ?? ""}`);
  return otherwise === undefined ? all : [...all, `  or ${otherwise}`];
}

/** Undefined: not given. What is no word of the question is a path, and has to be there. */
async function check(name: keyof Answers, answer: string | undefined): Promise<string | undefined> {
  if (answer === undefined) return undefined;
  const { flag, options, otherwise }: Question<string> = questions[name];
  const words = Object.keys(options);
  if (words.includes(answer)) return answer;
  if (otherwise !== undefined && answer !== "") {
    if (await exists(answer)) return answer;
    throw new FairleadError("ConfigInvalid", `${flag}: there is no file ${resolve(answer)}`, {
      remedy: `name a Compose file that is there, or say ${words.join(" or ")}`,
    });
  }
  const meant = nearest(answer, words);
  const help = meant === undefined ? "" : ` (did you mean ${meant}?)`;
  throw new FairleadError("ConfigInvalid", `${flag}: ${quote(answer)} is none of ${words.join(", ")}${help}`, {
    remedy: `${flag} takes ${inWords(questions[name])}`,
  });
}

function unanswered(missing: readonly (keyof Answers)[]): FairleadError {
  const flags = missing.map((name) => questions[name].flag).join(", ");
  const takes = missing.map((name) => `${questions[name].flag} takes ${inWords(questions[name])}`).join("; ");
  return new FairleadError("ConfigInvalid", `nothing says ${flags}, and there is no terminal to ask on`, {
    remedy: takes,
  });
}

/** `running, example, or the path of a Compose file`. */
export function inWords({ options, otherwise }: Question<string>): string {
  const all = [...Object.keys(options), ...(otherwise === undefined ? [] : [otherwise])];
  return `${all.slice(0, -1).join(", ")} or ${all.at(-1) ?? ""}`;
}
