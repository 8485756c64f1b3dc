import { given } from "../../tools/present.js";
import { chat } from "./chat.js";
import { codeBlock, codeSpan } from "./layout/code.js";
import { cut } from "./layout/cut.js";
import type { Fact, Sheet, Tone } from "./layout/sheet.js";

const colours: Readonly<Record<Tone, number>> = { good: 0x57f287, info: 0x3498db, warning: 0xfee75c, error: 0xed4245 };

/** Discord's own limits. */
const longestContent = 2000;
const longestTitle = 256;
const longestDescription = 4096;
const longestEmbed = 6000;

const remedies = {
  401: "the webhook's token is wrong: copy its URL again",
  404: "the webhook is gone: make a new one",
};

/** Webhooks of Discord: one embed, or a template's text as content. Nobody is mentioned, whatever the words say. */
export const discord = chat({
  type: "discord",
  address: "the URL of a channel's webhook",
  remedies,
  bodyOf,
  fits,
});

interface Embed {
  readonly title: string;
  readonly description: string;
  readonly url?: string;
  readonly color: number;
}

interface Body {
  readonly allowed_mentions: { readonly parse: readonly never[] };
  readonly content?: string;
  readonly embeds?: readonly Embed[];
}

function bodyOf(sheet: Sheet): Body {
  const silent = { allowed_mentions: { parse: [] } };
  const { title, text, link, tone } = sheet;
  if (text !== undefined) return { ...silent, content: escape(text || title) };
  const heading = cut(title, longestTitle, (one) => escape(one).length);
  const embed = given({ title: escape(heading), description: descriptionOf(sheet), url: link, color: colours[tone] });
  return { ...silent, embeds: [embed] };
}

function fits({ content = "", embeds = [] }: Body): boolean {
  const total = embeds.reduce((sum, { title, description }) => sum + title.length + description.length, 0);
  const isShort = embeds.every(({ description }) => description.length <= longestDescription);
  return content.length <= longestContent && isShort && total <= longestEmbed;
}

function descriptionOf({ reason, facts, between, logs, command }: Sheet): string {
  const parts = [
    reason === undefined ? undefined : escape(reason),
    facts.map(factLine).join("\n"),
    between.length === 0 ? undefined : `**Commits between:**\n${between.map(escape).join("\n")}`,
    command === undefined ? undefined : codeBlock([command]),
    logs.length === 0 ? undefined : `**Last log lines:**\n${codeBlock(logs)}`,
  ];
  return parts.filter((part) => part !== undefined && part !== "").join("\n\n");
}

function factLine({ name, value, link }: Fact): string {
  return `**${name}:** ${link === undefined ? codeSpan(value) : `[${escape(value)}](${link})`}`;
}

/** Every sign that Discord's Markdown gives a meaning, and those by which it finds addresses, names and emoji. */
function escape(text: string): string {
  return text.replace(/[\\*_~`|<>[\]()#@:-]/g, "\\$&");
}
