import pc from "picocolors";

/** What the demo tells the person who watches. Colours only on a terminal that wants them. */
export interface Screen {
  title(text: string, below: string): void;
  /** A numbered heading; the clock of `event` starts anew. */
  chapter(text: string): void;
  say(text: string): void;
  fact(label: string, value: string): void;
  /** Something that was checked and holds. */
  good(text: string): void;
  bad(text: string): void;
  /** Text that is shown as it is, behind a rule. */
  quote(lines: readonly string[]): void;
  event(event: ScreenEvent): void;
}

export interface ScreenEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly service: string;
  readonly mark: Mark;
  readonly text: string;
  readonly because: string | undefined;
}

/** `minor`: a step that only housekeeping needs. */
export type Mark = "decision" | "step" | "minor" | "success" | "failure";

const serviceWidth = 10;

export function openScreen(out: NodeJS.WriteStream): Screen {
  const colours = pc.createColors(out.isTTY && pc.isColorSupported);
  const { bold, cyan, dim, green, red, yellow } = colours;
  const state = { chapter: 0, since: Date.now() };
  const print = (text = "") => out.write(`${text}\n`);
  const marks: Record<Mark, { sign: string; paint: (text: string) => string }> = {
    decision: { sign: yellow("?"), paint: bold },
    step: { sign: cyan(">"), paint: (text) => text },
    minor: { sign: dim(">"), paint: dim },
    success: { sign: green("✓"), paint: green },
    failure: { sign: red("✗"), paint: red },
  };
  return {
    title: (text, below) => {
      print(`\n${bold(text)}\n${below}`);
    },
    chapter: (text) => {
      state.chapter += 1;
      state.since = Date.now();
      print(`\n${cyan(bold(`${state.chapter}  ${text}`))}\n`);
    },
    say: (text) => print(text === "" ? "" : `   ${text}`),
    fact: (label, value) => print(`   ${dim(label.padEnd(14))} ${value}`),
    good: (text) => print(`   ${green("✓")} ${text}`),
    bad: (text) => print(`   ${red("✗")} ${red(text)}`),
    quote: (lines) => {
      for (const line of lines) print(`   ${dim("|")} ${line}`);
    },
    event: ({ at, service, mark, text, because }) => {
      const seconds = `${Math.max(0, (at - state.since) / 1000).toFixed(1)}s`.padStart(6);
      const { sign, paint } = marks[mark];
      const indent = 3 + seconds.length + 2 + serviceWidth + 2;
      const reason = because === undefined ? "" : `because ${because}`;
      const fits = indent + text.length + reason.length + 2 <= (out.columns || 120);
      const tail = reason === "" ? "" : fits ? `  ${dim(reason)}` : `\n${" ".repeat(indent)}${dim(reason)}`;
      print(` ${dim(seconds)} ${service.padEnd(serviceWidth)} ${sign} ${paint(text)}${tail}`);
    },
  };
}
