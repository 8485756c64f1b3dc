import { familiarImage } from "../../compose/values/image.js";
import { printable } from "../../tools/printable.js";
import type { Wish } from "./wishes.js";

const shown = "sha256:".length + 12;

/** What our commit says: each service, what stood in its file and what stands there now, and whose work that is. */
export function messageOf(wishes: readonly Wish[], before: (wish: Wish) => string | undefined): string {
  const [first] = wishes;
  if (first === undefined) return "";
  const { project, service, image, digest } = first;
  const subject =
    wishes.length === 1
      ? `${project}/${service}: ${familiarImage(image)} is ${digest.slice(0, shown)}`
      : `${wishes.length} images as they run: ${[...new Set(wishes.map((one) => one.project))].join(", ")}`;
  const parts = wishes.map((wish) => paragraph(wish, before(wish)));
  return `${printable(subject, 200)}\n\n${parts.join("\n\n")}\n\nWritten by Fairlead: it runs, and has proved itself.\n`;
}

function paragraph({ project, service, image, digest, rollout, cause }: Wish, before: string | undefined): string {
  const lines = [
    ["Service", `${project}/${service}`],
    ["Image", familiarImage(image)],
    ["From", before ?? "no digest"],
    ["To", digest],
    ["Rollout", rollout],
    ["Asked by", cause],
  ];
  return lines.flatMap(([key, value]) => (value === undefined ? [] : `${key}: ${printable(value, 300)}`)).join("\n");
}
