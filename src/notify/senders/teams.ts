import { given } from "../../tools/present.js";
import { chat } from "./chat.js";
import { bytes } from "./layout/cut.js";
import type { Fact, Sheet, Tone } from "./layout/sheet.js";

const colours: Readonly<Record<Tone, string>> = {
  good: "Good",
  info: "Accent",
  warning: "Warning",
  error: "Attention",
};

/** Teams takes about 28 kB, with what the workflow adds. */
const mostBytes = 24_000;

const remedies = {
  401: "let anyone trigger the workflow, or copy its URL again",
  404: "the workflow is gone or turned off: make a new one",
  413: "the message is too large for the workflow",
};

/** A workflow of Microsoft Teams that waits for a webhook: an Adaptive Card, in which strangers' words are never markup. */
export const teams = chat({
  type: "teams",
  address: "the URL of a workflow that posts what it is sent",
  remedies,
  bodyOf,
  fits: (body) => bytes(JSON.stringify(body)) <= mostBytes,
});

interface Run {
  readonly type: "TextRun";
  readonly text: string;
  readonly weight?: string;
  readonly color?: string;
  readonly size?: string;
  readonly fontType?: string;
  readonly selectAction?: unknown;
}

function bodyOf(sheet: Sheet) {
  const { link } = sheet;
  const card = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    msteams: { width: "Full" },
    body: blocksOf(sheet),
    actions: link === undefined ? [] : [open(link, "Open in Fairlead")],
  };
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content: card }],
  };
}

function blocksOf({ title, text, reason, facts, between, logs, command, tone }: Sheet) {
  if (text !== undefined) return (text || title).split("\n").map((line) => block([run(line)]));
  const heading = { weight: "Bolder", size: "Medium", color: colours[tone] };
  const code = (lines: readonly string[]) => lines.map((line) => block([run(line, { fontType: "Monospace" })]));
  const under = (name: string, blocks: readonly unknown[]) =>
    blocks.length === 0 ? [] : [block([run(name, { weight: "Bolder" })], "Medium"), ...blocks];
  return [
    block([run(title, heading)]),
    ...(reason === undefined ? [] : [block([run(reason)])]),
    ...facts.map((fact) => block(factRuns(fact))),
    ...under(
      "Commits between",
      between.map((line) => block([run(line)])),
    ),
    ...under("Run", command === undefined ? [] : code([command])),
    ...under("Last log lines", code(logs)),
  ];
}

/** Of all texts in a card only those of a RichTextBlock are never read as Markdown. */
function block(inlines: readonly Run[], spacing = "Small") {
  return { type: "RichTextBlock", spacing, inlines };
}

/** An empty one is refused. */
function run(text: string, look: Omit<Run, "type" | "text"> = {}): Run {
  return { type: "TextRun", text: text === "" ? " " : text, ...look };
}

function factRuns({ name, value, link }: Fact): readonly Run[] {
  const selectAction = link === undefined ? undefined : open(link, name);
  return [run(`${name}: `, { weight: "Bolder" }), run(value, given({ selectAction }))];
}

function open(url: string, title: string) {
  return { type: "Action.OpenUrl", title, url };
}
