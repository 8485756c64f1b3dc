/** What stands where something was cut away. */
const mark = "…";

/** How much room a text takes: by default in UTF-16 units; vendors count in bytes or characters too, and after escaping. */
export type Measure = (text: string) => number;

const units: Measure = (text) => text.length;

/** In bytes of UTF-8. */
export const bytes: Measure = (text) => Buffer.byteLength(text);

/** The longest beginning that takes no more room, with a mark where it is not all. No character is cut in two. */
export function cut(text: string, most: number, measure: Measure = units): string {
  if (measure(text) <= most) return text;
  const characters = Array.from(text);
  const kept = largest(characters.length, (count) => measure(characters.slice(0, count).join("") + mark) <= most);
  return kept < 0 ? "" : characters.slice(0, kept).join("") + mark;
}

/** The largest number from 0 on that fits, where no larger one fits once one does not; -1: none does. */
export function largest(most: number, fits: (count: number) => boolean): number {
  let [good, bad] = [-1, most + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
