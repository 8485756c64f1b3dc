import { chat } from "./chat.js";
import { codeBlock, codeSpan } from "./layout/code.js";
import type { Fact, Sheet, Tone } from "./layout/sheet.js";

const colours: Readonly<Record<Tone, string>> = {
  good: "#2eb67d",
  info: "#36c5f0",
  warning: "#ecb22e",
  error: "#e01e5a",
};

/** Slack's own limits. */
const longestText = 3000;
const mostBlocks = 50;

const remedies = {
  403: "make a new webhook, or let the app write to the channel",
  404: "the webhook is gone: make a new one",
  410: "the channel is archived: make a webhook for another one",
};

/** Incoming webhooks of Slack, and of what takes the same: the title, and the rest as blocks beside a colour. */
export const slack = chat({
  type: "slack",
  address: "the URL of an incoming webhook",
  remedies,
  bodyOf,
  fits,
});

interface Block {
  readonly type: "section" | "actions";
  readonly text?: { readonly type: "mrkdwn"; readonly text: string; readonly verbatim: true };
  readonly elements?: readonly unknown[];
}

function bodyOf(sheet: Sheet) {
  const quiet = { unfurl_links: false, unfurl_media: false };
  const { title, text, reason, facts, between, logs, command, link, tone } = sheet;
  if (text !== undefined) return { ...quiet, text: escape(text || title), attachments: [] };
  const blocks = [
    reason === undefined ? undefined : section(escape(reason)),
    facts.length === 0 ? undefined : section(facts.map(factLine).join("\n")),
    between.length === 0 ? undefined : section(`*Commits between:*\n${between.map(escape).join("\n")}`),
    command === undefined ? undefined : section(codeBlock([escape(command)])),
    logs.length === 0 ? undefined : section(`*Last log lines:*\n${codeBlock(logs.map(escape))}`),
    link === undefined ? undefined : button(link),
  ].filter((block) => block !== undefined);
  return { ...quiet, text: escape(title), attachments: blocks.length === 0 ? [] : [{ color: colours[tone], blocks }] };
}

function fits({ text, attachments }: ReturnType<typeof bodyOf>): boolean {
  const blocks = attachments.flatMap((one) => one.blocks);
  const texts = [text, ...blocks.map((block) => block.text?.text ?? "")];
  return blocks.length <= mostBlocks && texts.every((one) => one.length <= longestText);
}

/** `verbatim`: Slack looks for no names and addresses in it. */
function section(text: string): Block {
  return { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
}

function button(url: string): Block {
  const text = { type: "plain_text", text: "Open in Fairlead" };
  return { type: "actions", elements: [{ type: "button", text, url }] };
}

/** Values are code: nothing in them is markup. */
function factLine({ name, value, link }: Fact): string {
  return link === undefined
    ? `*${name}:* ${codeSpan(escape(value))}`
    : `*${name}:* <${escape(link)}|${escape(value).replaceAll("|", "¦")}>`;
}

/** The three signs that Slack gives a meaning; with them go `<!channel>`, `<@user>` and links. */
function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
