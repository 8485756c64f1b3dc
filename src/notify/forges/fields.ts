/*
 * Forges that are told how the rollout of a commit goes live here, one file for each: as its status, and as a deployment.
 */

import { z } from "zod";
import { wrongAt } from "../../tools/placed.js";
import type { Secret } from "../../tools/secret.js";
import type { Answer } from "../model/channel.js";
import { noticeKinds, type Notice } from "../model/notice.js";
import type { SenderContext, Tell } from "../model/sender.js";
import { wordsOf } from "../words/words.js";
import { templateAt, type Template } from "../words/template.js";
import { repositoryOf } from "./repository.js";
import { contextOf, descriptionOf, stateOf, type CommitState } from "./state.js";

export const forgeFields = {
  tokenFile: z.string().min(1).describe("file with a token that may write commit statuses, read at the start"),
  repository: z
    .string()
    .regex(/^[^/\s]+(?:\/[^/\s]+)+$/, "it should be the name of a repository, such as acme/shop")
    .optional()
    .describe("`owner/name`: commits of this one alone (that of the commit, where it is on this forge)"),
  source: z
    .string()
    .min(1)
    .optional()
    .describe("the URL that `git` names, where Fairlead reads a mirror of `repository`"),
  context: z.string().min(1).max(80).optional().describe("what the names of statuses begin with (`fairlead`)"),
};

/** Every step of a rollout changes what a forge shows. */
export const forgeEvents = noticeKinds.filter((kind) => kind !== "registry" && kind !== "engine");

export const deploymentFields = {
  deployments: z.boolean().optional().describe("also as a deployment (`false`)"),
  environment: z
    .string()
    .min(1)
    .optional()
    .describe("which environment that is, with `{project}` and `{service}` (`{project}/{service}`)"),
};

export interface WrittenForge {
  readonly url?: string | undefined;
  readonly tokenFile: string;
  readonly repository?: string | undefined;
  readonly source?: string | undefined;
  readonly context?: string | undefined;
  readonly environment?: string | undefined;
}

/** What a forge is told of one commit. */
export interface CommitNews {
  readonly repository: string;
  readonly sha: string;
  readonly state: CommitState;
  /** What forges call a status by. */
  readonly name: string;
  readonly description: string;
  readonly link: string | undefined;
  /** Absent: it is about no service. */
  readonly environment: string | undefined;
}

export interface OpenForge {
  /** Where its pages are: repositories are told by it. */
  readonly site: URL;
  readonly written: WrittenForge;
  readonly tell: (news: CommitNews, token: Secret, signal: AbortSignal) => Promise<Answer>;
}

/** Throws FairleadError `ConfigInvalid`. */
export function openForge({ site, written, tell }: OpenForge, context: SenderContext): Tell {
  const { repository, source, tokenFile } = written;
  if (source !== undefined && repository === undefined) {
    throw wrongAt(context.place("source"), "there is no `repository` that it is a mirror of", "write its owner/name");
  }
  const token = context.secretIn(tokenFile);
  const environment = templateAt(written.environment ?? "{project}/{service}", () => context.place("environment"));
  return async ({ notice, text }, signal) => {
    const news = newsOf(notice, {
      site,
      repository,
      source,
      environment,
      context: written.context ?? "fairlead",
      text,
    });
    return typeof news === "string" ? { outcome: "delivered", said: news } : await tell(news, token, signal);
  };
}

interface NewsOptions {
  readonly site: URL;
  readonly repository: string | undefined;
  readonly source: string | undefined;
  readonly environment: Template;
  readonly context: string;
  readonly text: string | undefined;
}

/** A text: why a forge is told nothing. */
function newsOf(notice: Notice, { environment, context, text, ...choice }: NewsOptions): CommitNews | string {
  const { commit, project, service } = notice;
  const state = stateOf(notice);
  if (commit === undefined || state === undefined) return "it is not about a commit";
  const repository = repositoryOf(commit, choice);
  if (repository === undefined) return "its commit is of another repository";
  if (!/^[0-9a-f]{40,64}$/.test(commit.id)) return "its commit has no whole id";
  const isOfService = project !== undefined && service !== undefined;
  const news: CommitNews = {
    ...{ repository, sha: commit.id, state },
    name: contextOf(context, notice),
    description: descriptionOf(notice, text),
    link: notice.link,
    environment: isOfService ? environment(wordsOf(notice)) : undefined,
  };
  return news;
}
