import { familiarImage } from "../../compose/values/image.js";
import { printable } from "../../tools/printable.js";
import type { Wish } from "./wishes.js";

const shown = "sha256:".length + 12;

/** What our commit says: each service, what stood in its file and what stands there now, and whose work that is. */
export function messageOf(wishes: readonly Wish[], before: (wish: Wish) => string | undefined): string {
  const [first] = wishes;
  if (first === undefined) return "";
  const { project, service, image, digest, what } = first;
  const news = what === "tag" ? "is followed" : `is ${digest.slice(0, shown)}`;
  const subject =
    wishes.length === 1
      ? `${project}/${service}: ${familiarImage(image)} ${news}`
      : `${wishes.length} images as they run: ${[...new Set(wishes.map((one) => one.project))].join(", ")}`;
  const parts = wishes.map((wish) => paragraph(wish, before(wish)));
  return `${printable(subject, 200)}\n\n${parts.join("\n\n")}\n\nWritten by Fairlead: it runs, and has proved itself.\n`;
}

function paragraph(wish: Wish, before: string | undefined): string {
  const { project, service, image, digest, rollout, cause, what } = wish;
  const lines = [
    ["Service", `${project}/${service}`],
    ["Image", familiarImage(image)],
    ["From", before ?? `no ${what}`],
    ["To", what === "tag" ? (image.tag ?? "latest") : digest],
    ["Digest", what === "tag" ? digest : undefined],
    ["Rollout", rollout],
    ["Asked by", cause],
  ];
  return lines.flatMap(([key, value]) => (value === undefined ? [] : `${key}: ${printable(value, 300)}`)).join("\n");
}
