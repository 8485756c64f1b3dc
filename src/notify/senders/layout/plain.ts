import type { Sheet } from "./sheet.js";

/** All of it as plain text, for vendors that show the title by themselves. Never empty. */
export function plainBody(sheet: Sheet): string {
  const { text, reason, facts, between, logs, command, link } = sheet;
  if (text !== undefined) return text === "" ? sheet.title : text;
  const parts = [
    reason,
    facts.map(({ name, value }) => `${name}: ${value}`).join("\n"),
    between.length === 0 ? undefined : ["Commits between:", ...between].join("\n"),
    command === undefined ? undefined : `Run: ${command}`,
    logs.length === 0 ? undefined : ["Last log lines:", ...logs].join("\n"),
    link,
  ];
  return parts.filter((part) => part !== undefined && part !== "").join("\n\n") || sheet.title;
}

/** The same under its title. */
export function plainText(sheet: Sheet): string {
  const body = plainBody(sheet);
  return sheet.text !== undefined || body === sheet.title ? body : `${sheet.title}\n\n${body}`;
}
