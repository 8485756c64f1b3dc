/** Text of a file, fit for one line of a terminal or log: in quotes, without control characters, at most 80 long. */
export function quote(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return JSON.stringify(short).replace(/[\u007f-\u009f\u2028\u2029]/g, "\uFFFD");
}
