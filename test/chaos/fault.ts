import type { SeenContainer } from "../real/e2e/scene/host.js";
import type { Play } from "./lane.js";

/** What goes wrong in the middle of a rollout, at one of Fairlead's changing calls to the engine. */
export interface Fault {
  readonly name: string;
  /** As the page tells it. */
  readonly text: string;
  /** `drop`: the call's answer never reaches Fairlead, and before the call the engine never hears of it. */
  strike(moment: Moment): Promise<"drop" | undefined>;
  /** Ends what does not end by itself; waited for before convergence is expected. */
  heal(moment: Moment): Promise<void>;
  /** Fairlead's wall clock must be movable. */
  readonly clock?: true;
  /** All containers of the host end with it, those of others too. */
  readonly endsAll?: true;
  /** A person takes a container away: with it goes what only it had. */
  readonly removes?: true;
}

export interface Moment {
  readonly play: Play;
  /** How long the long faults last. */
  readonly lastsMs: number;
  readonly random: () => number;
}

/** One of the service's own containers as a person would pick it: the newest, or the one that serves. */
export async function pick({ play, random }: Moment): Promise<SeenContainer | undefined> {
  const ours = (await play.containers()).filter(({ service, id }) => service === "web" && id !== play.foreign);
  const candidates = ours.filter(({ name }) => name.endsWith(".next") || /-\d+$/.test(name));
  return candidates[Math.floor(random() * candidates.length)];
}
