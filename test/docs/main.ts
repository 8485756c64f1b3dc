import { writeFileSync } from "node:fs";
import { cliPage, renderCliPage } from "./cli-page.js";
import { composePage, renderComposePage } from "./compose-page.js";
import { configurationPage, renderConfigurationPage } from "./configuration-page.js";
import { renderWebhooksPage, webhooksPage } from "./webhooks-page.js";
import { renderRoomsPage, roomsPage } from "./rooms-page.js";

writeFileSync(composePage, renderComposePage());
writeFileSync(roomsPage, renderRoomsPage());
writeFileSync(configurationPage, renderConfigurationPage());
writeFileSync(cliPage, renderCliPage());
writeFileSync(webhooksPage, renderWebhooksPage());
