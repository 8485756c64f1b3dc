/** Code in what vendors make of Markdown. A grave accent inside would end it; one that only looks like it does not. */
export function codeSpan(text: string): string {
  return `\`${text.replaceAll("`", "ˋ")}\``;
}

/** Lines as they are, but for rows of grave accents, which would end them. */
export function codeBlock(lines: readonly string[]): string {
  const inside = lines.join("\n").replace(/`(?=`)/g, "`\u200b");
  return `\`\`\`\n${inside}\n\`\`\``;
}
