import type { RestartPolicy } from "../../compose/model/service.js";
import { withoutTaken } from "../contest/own-address.js";
import type { Desired } from "../model/desired.js";
import type { Act, ActOf, Intent, Starting } from "../model/intent.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Decision, Plan } from "../model/outcome.js";
import { addressesOf } from "../model/host/resources.js";
import type { Step } from "../model/step.js";
import { isUp } from "../model/view.js";
import type { View } from "../model/view.js";
import { downBefore, stoppedBy } from "./fates.js";
import { Room } from "./make-room.js";
import { networksFirst, rejoin } from "./rejoin.js";
import { writeAgain, rewrite, writeFiles } from "./written.js";

/** What a decision is carried out on. */
export interface Site {
  readonly desired: Desired;
  readonly view: View;
  /** Those that go on running. */
  readonly staying: readonly ObservedContainer[];
  /** Whose volumes go with it. */
  readonly isUnserved: (container: ObservedContainer) => boolean;
  /** It has its files, and must not miss one at any moment. */
  readonly isWhole: (container: ObservedContainer) => boolean;
}

const off = { name: "no", maximumRetryCount: 0 } as const;

/**
 * The calls that it takes, in order, with all that is owed to any container: one that goes on running has the networks that
 * it was made for; the files of a new one are written before its start; one that starts again joins what is there now.
 */
export function compile({ intents, ...decision }: Decision, site: Site): Plan {
  const { desired, view, staying, isUnserved } = site;
  const room = new Room(view);
  const join = joiner(room, site);
  const kept = staying.flatMap((one) => [
    ...join(one, rejoin(one, desired, intents, view), new Set()),
    ...rewrite(one, desired),
  ]);
  const steps = intents.flatMap((intent) => {
    const before = (one: Starting) => {
      const found = seen(one, view);
      if (found === undefined) return [];
      const ends = rejoin(found, desired, intents, view);
      return [...join(found, ends, downBefore(intents, intent)), ...writeAgain(found, desired)];
    };
    return expand(intent, {
      isUnserved,
      before,
      join: ({ one, ends }) => join(one, ends, downWhenNeeded(one, intent, intents)),
      begin: (one, step) => room.around(step, one.fixedAddresses ?? []),
    });
  });
  const all = [...kept, ...writtenFirst(intents, site), ...steps];
  return { ...decision, steps: networksFirst(all, desired.spec, view) };
}

/** The same for what concerns no container that serves or is to serve. */
export function compilePlainly({ intents, ...decision }: Decision, isUnserved: Site["isUnserved"] = () => false): Plan {
  const means: Means = { isUnserved, before: () => [], join: ({ ends }) => ends, begin: (_one, step) => [step] };
  return { ...decision, steps: intents.flatMap((intent) => expand(intent, means)) };
}

/** Those that run, and that a decision does not end. */
export function stayingIn({ intents }: Decision, { containers }: View): readonly ObservedContainer[] {
  const stopped = stoppedBy(intents);
  return containers.filter((one) => (one.role === "active" || one.role === "next") && isUp(one) && !stopped.has(one));
}

/** Nobody knows how far an earlier run got: until its first start they are written again, before anything else ends. */
function writtenFirst(intents: readonly Intent[], { desired, view, isWhole }: Site): readonly Step[] {
  return intents.flatMap((intent) => {
    const one = intent.kind === "start" ? seen(intent.one, view) : undefined;
    if (one?.state !== "created" || one.specHash !== desired.specHash || isWhole(one)) return [];
    return writeFiles(one.name, desired.spec);
  });
}

type Ends = ActOf<"join">["ends"];

/** `down`: what does not run any more when the container needs its address; undefined: it does not need it in this plan. */
function joiner(room: Room, site: Site) {
  return (one: ObservedContainer, ends: Ends, down: ReadonlySet<ObservedContainer> | undefined): readonly Step[] =>
    ends.flatMap((end): readonly Step[] => {
      if (end.kind === "disconnect-network") return [end];
      const isOwn = down !== undefined && site.view.containers.includes(one);
      const connect = isOwn ? withoutTaken(end, one, down, site) : end;
      return isUp(one) ? room.around(connect, addressesOf(connect)) : [connect];
    });
}

/** One that runs needs its address at once, another one at its start. */
function downWhenNeeded(
  one: ObservedContainer,
  joining: Intent,
  intents: readonly Intent[],
): ReadonlySet<ObservedContainer> | undefined {
  const needed = isUp(one) ? joining : intents.find((intent) => intent.kind === "start" && intent.one === one);
  return needed === undefined ? undefined : downBefore(intents, needed);
}

function seen(one: Starting, { containers }: View): ObservedContainer | undefined {
  return containers.find((container) => container === one);
}

interface Means {
  readonly isUnserved: Site["isUnserved"];
  /** What is done right before one starts. */
  readonly before: (one: Starting) => readonly Step[];
  /** Its networks change, as far as it gets the addresses that it asks for. */
  readonly join: (act: ActOf<"join">) => readonly Step[];
  /** It starts, and takes its addresses by that. */
  readonly begin: (one: Starting, start: Step) => readonly Step[];
}

type Expansions = { readonly [K in Act["kind"]]: (act: ActOf<K>, means: Means) => readonly Step[] };

/** The calls of each act: one without does not compile. */
const expansions: Expansions = {
  create: ({ step, joins }) => [step, ...writeFiles(step.name, step.spec), ...joins],
  rehearse: ({ step }) => [step],
  join: (act, { join }) => join(act),
  end: ({ one, graceMs, because, last }) => {
    const why = "a container that leaves its role must not come back by itself";
    return [
      ...(one.restartPolicy.name === "no" ? [] : [setPolicy(one, off, why)]),
      ...(last === undefined ? [] : [setPolicy(last.one, last.policy, last.because)]),
      ...(isUp(one) ? [stop(one, graceMs, because)] : []),
    ];
  },
  stop: ({ one, graceMs, because }) => [stop(one, graceMs, because)],
  restart: ({ one, graceMs, because }, { before, begin }) => [
    stop(one, graceMs, because),
    ...before(one),
    ...begin(one, start(one, because)),
  ],
  start: ({ one, because }, { before, begin }) => [...before(one), ...begin(one, start(one, because))],
  policy: ({ one, policy, because }) => [setPolicy(one, policy, because)],
  name: ({ one, to, because }) => [{ kind: "rename-container", container: one.name, to, because }],
  remove: ({ one, because }, { isUnserved }) => {
    const volumes = isUnserved(one) ? { volumes: true as const } : {};
    return [{ kind: "remove-container", container: one.name, ...volumes, because }];
  },
};

function expand(intent: Intent, means: Means): readonly Step[] {
  if (!isAct(intent)) return [intent];
  // The table's type ties each act to its own expansion; an indexed call loses that tie.
  const expansion = expansions[intent.kind] as (act: Act, means: Means) => readonly Step[];
  return expansion(intent, means);
}

function isAct(intent: Intent): intent is Act {
  return Object.hasOwn(expansions, intent.kind);
}

function setPolicy({ name: container }: Pick<Starting, "name">, policy: RestartPolicy, because: string): Step {
  return { kind: "set-restart-policy", container, policy, because };
}

function stop({ name: container }: ObservedContainer, graceMs: number, because: string): Step {
  return { kind: "stop-container", container, graceMs, because };
}

/** What does not serve yet is on trial. */
function start({ name: container, role, job }: Starting, because: string): Step {
  const onTrial = role === "next" || role === "previous" || job !== undefined ? { onTrial: true as const } : {};
  return { kind: "start-container", container, ...onTrial, because };
}
