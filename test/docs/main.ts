import { writeFileSync } from "node:fs";
import { apiSchema, renderApiSchema } from "./api-schema.js";
import { cliPage, renderCliPage } from "./cli-page.js";
import { composePage, renderComposePage } from "./compose-page.js";
import { configurationPage, renderConfigurationPage } from "./configuration-page.js";
import { flagsModule, renderFlags } from "./flags.js";
import { httpPage, renderHttpPage } from "./http-page.js";
import { renderWebhooksPage, webhooksPage } from "./webhooks-page.js";
import { renderRoomsPage, roomsPage } from "./rooms-page.js";

writeFileSync(composePage, renderComposePage());
writeFileSync(roomsPage, renderRoomsPage());
writeFileSync(configurationPage, renderConfigurationPage());
writeFileSync(cliPage, renderCliPage());
writeFileSync(webhooksPage, renderWebhooksPage());
writeFileSync(httpPage, renderHttpPage());
writeFileSync(apiSchema, await renderApiSchema());
writeFileSync(flagsModule, await renderFlags());
