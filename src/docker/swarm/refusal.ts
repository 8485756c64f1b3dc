import { FairleadError } from "../../errors.js";
import { Refusal } from "../client/refusal.js";

const noManager = "set DOCKER_HOST to a manager of the Swarm; on a host that is in none: docker swarm init";
const noQuorum =
  "bring back so many managers that more than half of them are up (docker node ls, on one of them), " +
  "or start again from one of them with docker swarm init --force-new-cluster";

/** By the engine's words: the status is 503 in one release and 500 in the next. */
const states: readonly (readonly [RegExp, string])[] = [
  [/this node is not a swarm manager|not part of a swarm/i, noManager],
  [/does not have a leader|lost quorum|no elected primary|too few managers/i, noQuorum],
  [/swarm is encrypted and needs to be unlocked/i, "unlock it on its host: docker swarm unlock"],
  [/certificates have expired/i, "renew them on its host: docker swarm ca --rotate"],
];

/** What a manager refuses, as an error that may leave the folder, where it says more than that it has refused. */
export function swarmRefused(thrown: unknown): unknown {
  if (!(thrown instanceof Refusal)) return thrown;
  const { task, status } = thrown;
  const message = withoutRpc(thrown.message);
  const state = states.find(([words]) => words.test(message));
  if (state !== undefined) {
    return new FairleadError("SwarmUnavailable", `cannot ${task}: ${message}`, { remedy: state[1], cause: thrown });
  }
  // A manager without a majority takes a change, waits for the others, and gives up.
  if (status >= 500 && /deadline ?exceeded/i.test(thrown.message)) {
    const text = `cannot ${task}: the managers of the Swarm do not answer each other (${message})`;
    return new FairleadError("SwarmUnavailable", text, { remedy: noQuorum, cause: thrown });
  }
  if (/update out of sequence/i.test(message)) {
    return new FairleadError("SwarmConflict", `cannot ${task}: it has changed since it was looked at`, {
      cause: thrown,
    });
  }
  if (status === 409 && /already exists/i.test(message)) {
    return new FairleadError("NameTaken", `cannot ${task}: ${message}`, { cause: thrown });
  }
  return new Refusal(task, status, message);
}

/** Managers answer in the words of the call between them. */
function withoutRpc(message: string): string {
  return message.replace(/^rpc error: code = \w+ desc = /, "");
}
