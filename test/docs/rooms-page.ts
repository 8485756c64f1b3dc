import { readFileSync } from "node:fs";
import { readFilled } from "./filled.js";
import { renderTable } from "./table.js";

/** One folder of `src/`. `may`: the folders and files that it may import beside itself, `tools/` and `errors.ts`. */
export interface Room {
  readonly folder: string;
  readonly may: readonly string[];
  readonly what: string;
}

export const roomsPage = new URL("../../docs/architecture.md", import.meta.url);

/** The table that `npm run check` enforces, from the ground floor up. */
export function readRooms(): readonly Room[] {
  return JSON.parse(readFileSync(new URL("../../rooms.json", import.meta.url), "utf8")) as Room[];
}

const begin = "<!-- The rooms: written by `npm run docs` from rooms.json. -->";
const end = "<!-- End of the rooms. -->";

/** `docs/architecture.md` with the table of rooms as `rooms.json` has it. */
export function renderRoomsPage(): string {
  return readFilled(roomsPage, begin, end, table());
}

function table(): string {
  const rooms = readRooms();
  const nameOf = (name: string) => (name.endsWith(".ts") ? `\`${name}\`` : `\`${name}/\``);
  return renderTable([
    ["folder", "what", "may import"],
    ...rooms.map(({ folder, may, what }) => {
      const below = rooms.some((other) => other.folder.startsWith(`${folder}/`)) ? ["its sub-folders"] : [];
      const all = [...below, ...may.map(nameOf)];
      return [nameOf(folder), what, all.length === 0 ? "itself" : all.join(", ")];
    }),
  ]);
}
