import { z } from "zod";
import { choiceFields } from "../words/choice.js";

export const triggerTypes = ["gitlab", "github", "gitea", "woodpecker", "jenkins", "generic"] as const;
export type TriggerType = (typeof triggerTypes)[number];

const text = () => z.string().min(1).optional();

export const triggerFields = {
  url: text().describe(
    "address of the server (for gitlab `https://gitlab.com`, for github `https://api.github.com`); of `generic` the whole address of the call",
  ),
  urlFile: text().describe("generic: file with that address, where it is a secret"),
  project: text().describe("gitlab: id or path; woodpecker: the repository's id; jenkins: the job, `folder/job`"),
  repository: z
    .string()
    .regex(/^[^/\s]+\/[^/\s]+$/, "it should be the name of a repository, such as acme/shop")
    .optional()
    .describe("github, gitea: `owner/name`"),
  ref: text().describe("the branch or tag that the pipeline runs on"),
  workflow: text().describe("github, gitea: the workflow's file, such as `sign.yml`"),
  event: text().describe("github: the event of `repository_dispatch`, where no workflow is named (`fairlead`)"),
  user: text().describe("jenkins: whose token it is"),
  tokenFile: text().describe(
    "file with the token: for gitlab a trigger token of the project, else one of the API; read at the start",
  ),
  apiTokenFile: text().describe("gitlab: file with a token of the API, in place of `tokenFile`"),
  method: z.enum(["POST", "PUT", "PATCH"]).optional().describe("generic: `POST`, `PUT` or `PATCH` (`POST`)"),
  headers: z
    .record(
      z.string().regex(/^[\w-]+$/, "it should be the name of a header"),
      z.string().regex(/^[\x20-\x7e]*$/, "it should be one line of ASCII"),
    )
    .readonly()
    .optional()
    .describe("generic: further headers"),
  body: z
    .record(z.string(), z.unknown())
    .readonly()
    .optional()
    .describe("generic: what is sent as JSON, with the same words in its texts, in place of `variables`"),
};
export type TriggerField = keyof typeof triggerFields;

const trigger = z.strictObject({
  type: z
    .enum(triggerTypes)
    .optional()
    .describe(`one of ${triggerTypes.join(", ")} (the name, where it is one)`),
  ...triggerFields,
  variables: z
    .record(z.string().regex(/^[A-Za-z_][\w.-]*$/, "it should be the name of a variable"), z.string())
    .readonly()
    .optional()
    .describe(
      "what the pipeline is given: variables, inputs, parameters or fields of its body, with `{image}`, `{repository}`, `{tag}`, `{digest}`, `{project}`, `{service}`, `{receiver}`, `{commit}` and `{event}` in their values (none)",
    ),
  ...choiceFields,
});

const triggers = z.record(
  z
    .string()
    .regex(
      /^[a-zA-Z0-9][\w.-]{0,63}$/,
      "a name should be of letters, digits, `.`, `_` and `-`, the first a letter or digit",
    ),
  trigger,
);

export type WrittenTrigger = z.infer<typeof trigger>;
export type WrittenTriggers = z.infer<typeof triggers>;

/** The `trigger:` key of the settings file. The descriptions are the documentation's. */
export const triggerSchema: z.ZodType<WrittenTriggers> = triggers;
