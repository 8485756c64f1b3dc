import { z } from "zod";
import { isTag } from "../../compose/values/image.js";
import type { Answer } from "../client/transport.js";
import { unlisted, type Subject } from "../faults/failure.js";
import { nextPage } from "./pages.js";
import type { Reader } from "./reader.js";

/** What a registry may give of one page; many give less. */
const pageSize = 1_000;
const mostPages = 300;
const mostTags = 20_000;

/** Registries write null where there are none. */
const page = z.object({ tags: z.array(z.string()).nullish() });

/** All tags of a repository, page by page. Throws TagsUnlisted where the registry lists none, or more than can be taken. */
export async function listTags(reader: Pick<Reader, "ask" | "accept">, subject: Subject): Promise<readonly string[]> {
  const path = `/v2/${subject.image.repository}/tags/list`;
  const tags = new Set<string>();
  const asked = new Set<string>();
  let answer = await firstPage(reader, path, subject);
  for (;;) {
    for (const tag of tagsIn(answer, subject)) tags.add(tag);
    if (tags.size > mostTags || asked.size >= mostPages) {
      throw unlisted(subject, `there are more than ${tags.size > mostTags ? mostTags : tags.size}`, remedies.many);
    }
    const next = nextPage(answer, path);
    if (next === undefined) return [...tags];
    if (next === "elsewhere")
      throw unlisted(subject, "its next page has the address of something else", remedies.registry);
    if (asked.has(next)) throw unlisted(subject, "its pages lead in a circle", remedies.registry);
    asked.add(next);
    answer = accepted(await reader.ask("GET", next, subject), reader, subject);
  }
}

const remedies = {
  many: "Follow a tag that moves, or delete old tags: a policy has to see all of them.",
  registry: "The fault is at the registry: look at its log, or follow a tag that moves instead of a policy.",
};

/** A registry may refuse the size of a page rather than give a smaller one. */
async function firstPage(reader: Pick<Reader, "ask" | "accept">, path: string, subject: Subject): Promise<Answer> {
  const answer = await reader.ask("GET", `${path}?n=${pageSize}`, subject);
  return accepted(answer.status === 400 ? await reader.ask("GET", path, subject) : answer, reader, subject);
}

const unsupported = new Set([400, 405, 406, 415, 501]);

function accepted(answer: Answer, reader: Pick<Reader, "accept">, subject: Subject): Answer {
  if (!unsupported.has(answer.status)) return reader.accept(answer, subject);
  throw unlisted(subject, `${answer.url.host} answered ${answer.status}`, remedies.registry);
}

function tagsIn(answer: Answer, subject: Subject): readonly string[] {
  const parsed = page.safeParse(jsonOf(answer));
  if (parsed.success) return (parsed.data.tags ?? []).filter(isTag);
  throw unlisted(subject, `${answer.url.host} answered what is no list of tags`, remedies.registry);
}

function jsonOf({ body }: Answer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
