import { createInterface } from "node:readline";
import type Docker from "dockerode";

export interface Watchman {
  /** From now on a moment without a running container of one of these digests is noted. */
  guard(digests: readonly string[]): void;
  /** The moments at which none of the guarded digests ran. */
  readonly gaps: readonly string[];
  /** All that was made, was started and has ended, in the engine's order, each as `ACTION NAME`. */
  readonly acts: readonly string[];
  stop(): void;
}

interface Act {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

/**
 * Follows how a project's containers are made, start and end, in the engine's own order: no gap is too short to be seen.
 * What runs already is known from the start.
 */
export async function watchContainers(docker: Docker, project: string): Promise<Watchman> {
  const filters = { label: [`fairlead.project=${project}`], event: ["create", "start", "die"] };
  const events = (await docker.getEvents({ filters })) as NodeJS.ReadableStream & { destroy(): void };
  const listed = await docker.listContainers({ filters: { label: [`fairlead.project=${project}`] } });
  const running = new Map(listed.map(({ Id, Labels }) => [Id, Labels["fairlead.digest"] ?? ""]));
  const gaps: string[] = [];
  const acts: string[] = [];
  let guarded: readonly string[] = [];
  createInterface({ input: events }).on("line", (line) => {
    const { Action, Actor } = JSON.parse(line) as Act;
    const act = `${Action} ${Actor.Attributes["name"] ?? Actor.ID}`;
    acts.push(act);
    if (Action === "create") return;
    if (Action === "start") running.set(Actor.ID, Actor.Attributes["fairlead.digest"] ?? "");
    else running.delete(Actor.ID);
    const serving = [...running.values()].some((digest) => guarded.includes(digest));
    if (guarded.length > 0 && !serving) gaps.push(act);
  });
  return {
    guard: (digests) => {
      guarded = digests;
    },
    gaps,
    acts,
    stop: () => {
      events.destroy();
    },
  };
}
