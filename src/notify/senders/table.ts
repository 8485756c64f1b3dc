/*
 * How people and programs are told: one file for each vendor, with its settings, layout, limits, escaping and answers. All of
 * them are pure but for the exchange that they are given, and mail, which speaks SMTP.
 */

import { forgeSenders } from "../forges/senders.js";
import type { Sender } from "../model/sender.js";
import { alertmanager } from "./alertmanager.js";
import { apprise } from "./apprise.js";
import { cloudevents } from "./cloudevents.js";
import { discord } from "./discord.js";
import { gotify } from "./gotify.js";
import { healthchecks } from "./healthchecks.js";
import { mail } from "./mail.js";
import { matrix } from "./matrix.js";
import { ntfy } from "./ntfy.js";
import { pushover } from "./pushover.js";
import { slack } from "./slack.js";
import { teams } from "./teams.js";
import { telegram } from "./telegram.js";
import { webhook } from "./webhook.js";

/** In the order of the documentation. */
export const senders: readonly Sender[] = [
  ...[slack, discord, teams, matrix, ntfy, gotify, telegram, pushover, mail],
  ...[healthchecks, alertmanager, webhook, cloudevents, apprise],
  ...forgeSenders,
];
