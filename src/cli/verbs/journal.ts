import type { Config } from "../../config/config.js";
import { eventOf } from "../../control/journal/event.js";
import type { FileFindings, Lost } from "../../control/journal/inspect/findings.js";
import type { OnEntry } from "../../control/journal/inspect/segments.js";
import { FairleadError } from "../../errors.js";
import { shorten } from "../../plan/steps/render.js";
import { printable } from "../../tools/printable.js";
import type { meaning } from "../shared/chosen.js";
import type { KeptState, Wiring } from "../shared/wiring.js";

const kinds = {
  torn: "the file ends amid a line",
  damaged: "it does not fit its checksum, or says nothing that is known",
  "too-long": "no line of ours comes near that length",
  unreadable: "the disk does not give it",
} as const;

/**
 * What of the journal and of the outbox on this host's disk can be read, and what not; nothing is changed, and a controller may
 * run. Exit 3: something is lost.
 */
export async function journalCheck(wiring: Wiring, config: Config, json: boolean): Promise<0 | 3> {
  const { journal, outbox } = await settled(wiring, config);
  const all = [...journal.files, ...(outbox === undefined ? [] : [outbox])];
  const odd = [...journal.oddities, ...journal.files.flatMap(({ oddities }) => oddities)];
  const isWell = odd.length === 0 && all.every(({ lost }) => lost.length === 0);
  const remedies = isWell ? [] : remediesFor(journal.files);
  if (json) {
    wiring.print(JSON.stringify({ ok: isWell, journal, outbox, remedies }, undefined, 2));
    return isWell ? 0 : 3;
  }
  for (const file of journal.files) printFile(wiring, file);
  if (outbox !== undefined) {
    const waits = Object.entries(outbox.waiting).filter(([, count]) => count > 0);
    const told =
      waits.length === 0 ? "nothing waits" : waits.map(([name, count]) => `${count} wait for ${name}`).join(", ");
    wiring.print(`${outbox.file}: ${outbox.lines} lines, ${told}`);
    for (const lost of outbox.lost)
      wiring.print(`  lost: ${place(lost)}: notices that waited may not be told, or told twice`);
  }
  for (const one of journal.oddities) wiring.print(printable(one));
  if (journal.putAside.length > 0) {
    wiring.print(`put aside by a controller that could not read it: ${journal.putAside.join(", ")}`);
  }
  if (isWell) wiring.print("all of it can be read");
  for (const remedy of remedies) wiring.print(`-> ${remedy}`);
  return isWell ? 0 : 3;
}

/** A controller that writes is in the middle of its last line now and then: what is torn is looked at once more. */
async function settled(wiring: Wiring, config: Config): Promise<KeptState> {
  const first = await kept(wiring, config);
  const isTorn = [...first.journal.files, ...(first.outbox === undefined ? [] : [first.outbox])].some(({ lost }) =>
    lost.some(({ what }) => what === "torn" || what === "unreadable"),
  );
  if (!isTorn) return first;
  await new Promise((resolve) => setTimeout(resolve, 300));
  return wiring.inspect(config);
}

/** Throws FairleadError ConfigInvalid where nothing is kept: who looks at the wrong directory is not told that all is well. */
async function kept(wiring: Wiring, config: Config, onEntry?: OnEntry): Promise<KeptState> {
  const state = await wiring.inspect(config, onEntry);
  const { files, oddities, putAside } = state.journal;
  if (files.length + oddities.length + putAside.length > 0) return state;
  throw new FairleadError("ConfigInvalid", `there is no journal in ${config.data}`, {
    remedy: "name the data directory of a controller with --data",
  });
}

function printFile(wiring: Wiring, { file, bytes, lines, from, to, lost, oddities }: FileFindings): void {
  const { decisions, states, past } = lines;
  const span = from === undefined || to === undefined ? "" : ` from ${from} to ${to}`;
  const counts = `${decisions} decisions${span}, ${states} services as they stood, ${past} lines of the past`;
  wiring.print(`${file}: ${bytes} bytes, ${counts}`);
  for (const one of lost) {
    const seems = [...one.kinds, ...one.services].join(", ");
    const meant = seems === "" ? "" : `; it seems to be of ${seems}`;
    const means =
      one.inForce === "nothing"
        ? "nothing that is in force is forgotten, only what had happened"
        : "a hold, pin, pause or approval of that time may be forgotten";
    wiring.print(printable(`  lost: ${place(one)}${meant}: ${means}`, 600));
  }
  for (const one of oddities) wiring.print(`  ${one}`);
}

function place({ line, lines, byte, bytes, what, why, after, before }: Omit<Lost, "inForce">): string {
  const which = lines === 1 ? `line ${line}` : `lines ${line} to ${line + lines - 1}`;
  const times = [after === undefined ? "" : `after ${after}`, before === undefined ? "" : `before ${before}`];
  const when = times.filter((time) => time !== "").join(" and ");
  const reason = why === undefined ? kinds[what] : `${kinds[what]} (${why})`;
  return `${which}, byte ${byte} to ${byte + bytes}${when === "" ? "" : `, ${when}`} (${reason})`;
}

function remediesFor(files: readonly FileFindings[]): readonly string[] {
  const lost = files.flatMap((file) => file.lost);
  if (lost.some(({ what }) => what === "unreadable")) {
    return ["see whether the disk is failing (`dmesg`, `smartctl`), and copy the data directory to another one"];
  }
  if (!lost.some(({ inForce }) => inForce === "perhaps")) {
    return ["there is nothing to do: a controller puts aside what it cannot read when it starts, and goes on"];
  }
  const services = [...new Set(lost.flatMap((one) => one.services))];
  return [
    `compare \`fairlead status\`${services.length === 0 ? "" : ` of ${services.join(", ")}`} with what you remember, and give pins, pauses and approvals anew`,
    "a controller that runs has all of it in its memory: it writes all of it when it next begins a segment",
  ];
}

/** What the journal on this host's disk tells, oldest first: also where no controller runs. */
export async function journalShow(
  wiring: Wiring,
  config: Config,
  names: readonly string[],
  json: boolean,
): Promise<0 | 3> {
  const isMeant = names.length === 0 ? () => true : meaningOf(names);
  let shown = 0;
  const { journal } = await kept(wiring, config, (entry, text) => {
    const [project = "", service = ""] = entry.key.split("/");
    if (!isMeant({ project, service })) return;
    shown += 1;
    if (json) {
      wiring.print(text);
      return;
    }
    const event = eventOf(entry);
    const told = event === undefined ? entry.type : `${event.reason}: ${shorten(event.message)}`;
    wiring.print(printable(`${new Date(entry.at).toISOString()}  ${entry.key}  ${told}`, 600));
  });
  const lost = journal.files.flatMap((file) => file.lost).length;
  if (lost > 0) wiring.complain("fairlead: some of it cannot be read: see `fairlead journal check`");
  if (shown === 0 && names.length > 0) {
    throw new FairleadError("ConfigInvalid", `the journal tells nothing of ${names.join(", ")}`, {
      remedy: "without a name `fairlead journal show` shows all of it",
    });
  }
  return lost === 0 ? 0 : 3;
}

/** Also of services that nobody knows any more. */
function meaningOf(names: readonly string[]): ReturnType<typeof meaning> {
  return ({ project, service }) => names.some((name) => name === `${project}/${service}` || name === service);
}
