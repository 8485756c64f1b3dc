import type { Check, Verdict } from "./check.js";
import { ill, well } from "./check.js";
import type { LeaseReport } from "./instruments.js";
import { engineFirst, engineIfAny } from "./engine.js";

/** Whether a controller answers, and what it says of itself. */
export const controller: Check = {
  name: "controller",
  timeoutMs: 12_000,
  whenSlow: "see its log: `journalctl -u fairlead`, or `docker logs` of its container",
  look: async (instruments) => {
    const { address, version, notices } = await instruments.controller();
    const restart = `restart it: it is ${version}, and this program is ${instruments.version}`;
    const told = `fairlead ${version} answers at ${address}`;
    if (notices.length > 0) return notices.map((notice) => ill(notice, "see its log, and the lines below"));
    return version === instruments.version ? [well(told)] : [ill(told, restart)];
  },
};

/** Who has written their names on the engine. */
export const leases: Check = {
  name: "controllers",
  timeoutMs: 12_000,
  whenSlow: engineFirst,
  look: async (instruments) => {
    if ((await engineIfAny(instruments)) === undefined)
      return [ill("who is in charge on the engine is not known", engineFirst)];
    const [all, answering] = await Promise.all([
      instruments.leases(),
      instruments.controller().then(
        () => true,
        () => false,
      ),
    ]);
    const own = all.find(({ lease }) => lease === instruments.lease);
    const others = all.filter(({ lease }) => lease !== instruments.lease);
    return [judgeOwn(own, instruments.lease, answering, instruments.data.path), ...others.map(judgeOther)];
  },
};

function judgeOwn(own: LeaseReport | undefined, lease: string, answering: boolean, data: string): Verdict {
  if (own === undefined) return well(`nobody is in charge under the lease ${lease}`);
  const { holder, isGone, isOfThisDirectory } = own;
  if (isGone) return well(`${holder} was the last in charge under the lease ${lease}, and has gone`);
  if (isOfThisDirectory === false) {
    const remedy = `name its data directory with --data, or give each controller a --data and a --lease of its own`;
    return ill(`${holder} is in charge under the lease ${lease}, with another data directory than ${data}`, remedy);
  }
  if (!answering) {
    const remedy =
      "name its admin address with --admin; or, if it has gone, start another one: it takes over by itself";
    return ill(`${holder} is in charge under the lease ${lease}, and does not answer here`, remedy);
  }
  return well(`${holder} is in charge under the lease ${lease}`);
}

function judgeOther({ lease, holder, isGone, isOfThisDirectory }: LeaseReport): Verdict {
  const told = `${holder}, under the lease ${lease}`;
  if (isGone) return well(`another one has gone: ${told}`);
  if (isOfThisDirectory === true) {
    return ill(`another controller uses this data directory: ${told}`, "give each a --data of its own");
  }
  return well(`another controller is on this engine: ${told}; no project may be in the files of both`);
}
