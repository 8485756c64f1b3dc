import { writeFileSync } from "node:fs";
import { composePage, renderComposePage } from "./compose-page.js";
import { renderRoomsPage, roomsPage } from "./rooms-page.js";

writeFileSync(composePage, renderComposePage());
writeFileSync(roomsPage, renderRoomsPage());
