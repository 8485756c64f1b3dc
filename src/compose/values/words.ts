export type Words =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly hint: string };

const separators = /\s/;
const shellOnly = /[;&|<>()]/;

/**
 * Splits a command line into words as Compose does: quotes group, a backslash takes the next character literally, but
 * no shell runs. What only a shell could do is refused: Compose itself drops everything after such a character.
 */
export function splitWords(line: string): Words {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  let escaped = false;
  for (const character of line) {
    if (escaped) {
      word = (word ?? "") + character;
      escaped = false;
    } else if (character === "\\" && quote !== "'") {
      escaped = true;
    } else if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (separators.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (shellOnly.test(character)) {
      return fault(
        `the command needs a shell for \`${character}\``,
        'write `["sh", "-c", "…"]`, or put the character in quotes',
      );
    } else {
      word = (word ?? "") + character;
    }
  }
  if (escaped) return fault("the command ends with a backslash", "write two backslashes for a plain one");
  if (quote !== "") return fault(`the command lacks a closing ${quote}`, "close the quotation");
  return { ok: true, words: word === undefined ? words : [...words, word] };
}

function fault(message: string, hint: string): Words {
  return { ok: false, message, hint };
}
