import { createInterface } from "node:readline";
import type Docker from "dockerode";

export interface Watchman {
  /** From now on a moment without a running container of one of these digests is noted. */
  guard(digests: readonly string[]): void;
  /** The moments at which none of the guarded digests ran. */
  readonly gaps: readonly string[];
  stop(): void;
}

interface StartOrDie {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

/**
 * Follows the starts and ends of a project's containers in the engine's own order: no gap is too short to be seen. What
 * runs already is known from the start.
 */
export async function watchContainers(docker: Docker, project: string): Promise<Watchman> {
  const filters = { label: [`fairlead.project=${project}`], event: ["start", "die"] };
  const events = (await docker.getEvents({ filters })) as NodeJS.ReadableStream & { destroy(): void };
  const listed = await docker.listContainers({ filters: { label: [`fairlead.project=${project}`] } });
  const running = new Map(listed.map(({ Id, Labels }) => [Id, Labels["fairlead.digest"] ?? ""]));
  const gaps: string[] = [];
  let guarded: readonly string[] = [];
  createInterface({ input: events }).on("line", (line) => {
    const { Action, Actor } = JSON.parse(line) as StartOrDie;
    if (Action === "start") running.set(Actor.ID, Actor.Attributes["fairlead.digest"] ?? "");
    else running.delete(Actor.ID);
    const serving = [...running.values()].some((digest) => guarded.includes(digest));
    if (guarded.length > 0 && !serving) gaps.push(`${Action} ${Actor.Attributes["name"] ?? Actor.ID}`);
  });
  return {
    guard: (digests) => {
      guarded = digests;
    },
    gaps,
    stop: () => {
      events.destroy();
    },
  };
}
