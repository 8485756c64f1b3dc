import type { Sender } from "../model/sender.js";
import { forgejo, gitea } from "./gitea.js";
import { github } from "./github.js";
import { gitlab } from "./gitlab.js";

/** The forges, for the table of senders. */
export const forgeSenders: readonly Sender[] = [github, gitlab, gitea, forgejo];
