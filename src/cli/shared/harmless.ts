/**
 * Others' lines, fit for a terminal: colours and tabs stay, everything else that would steer it goes. Text is held until
 * its line is whole, so that no sequence is seen in two halves.
 */
export async function* harmless(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const text = rest + chunk;
    const end = text.lastIndexOf("\n") + 1;
    rest = text.slice(end);
    if (end > 0) yield clean(text.slice(0, end));
  }
  if (rest !== "") yield clean(rest);
}

function clean(text: string): string {
  return text.replace(/\u001b\[[\d;:]*m|[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (found) =>
    found.length > 2 || found === "\n" || found === "\t" ? found : "",
  );
}
