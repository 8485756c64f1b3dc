import { FairleadError } from "../errors.js";

/** What people type who know other tools, by the first word or two, and what they mean here. `NAME`: what else was typed. */
const habits: Readonly<Record<string, string>> = {
  ps: "fairlead status NAME",
  ls: "fairlead status",
  get: "fairlead status",
  top: "fairlead status NAME; docker stats shows what its containers use",
  describe: "fairlead explain NAME",
  inspect: "fairlead explain NAME",
  up: "fairlead apply NAME, once; or fairlead run, which keeps it so and needs no word when a file or an image changes",
  deploy:
    "fairlead apply NAME, once; or fairlead run, which keeps it so and needs no word when a file or an image changes",
  create: "fairlead apply NAME",
  down: "fairlead stop NAME; or take it out of the services file, and run with --prune",
  rm: "take it out of the services file, and run with --prune",
  delete: "take it out of the services file, and run with --prune",
  restart: "fairlead stop NAME, then fairlead start NAME; or docker restart CONTAINER",
  kill: "fairlead stop NAME",
  unpause: "fairlead resume NAME",
  pull: "fairlead reconcile NAME, which pulls what its tag stands for and rolls it out; fairlead plan NAME only looks",
  update: "fairlead reconcile NAME",
  set: "edit the services file: fairlead plan NAME shows what comes of it",
  build: "fairlead reconcile NAME --build",
  scale: "`deploy.replicas` in the services file",
  exec: "docker exec CONTAINER; fairlead status NAME and docker ps show its name",
  attach: "fairlead logs NAME --follow",
  port: "docker port CONTAINER",
  undo: "fairlead rollback NAME",
  "rollout restart": "fairlead stop NAME, then fairlead start NAME",
  rollout:
    "with status, history, undo, pause or resume behind it, as with kubectl; by their own names fairlead wait, fairlead history, fairlead rollback, fairlead pause or fairlead resume",
};

/** Of `kubectl rollout`: what does the very same here, with what its flags are called. Those that are not named are the same. */
const aliases: Readonly<
  Record<string, { readonly verb: string; readonly flags?: Readonly<Record<string, string | undefined>> }>
> = {
  status: { verb: "wait", flags: { "--watch": undefined, "-w": undefined } },
  history: { verb: "history" },
  undo: { verb: "rollback", flags: { "--to-revision": "--to" } },
  pause: { verb: "pause" },
  resume: { verb: "resume" },
};

/** What is meant by `rollout status deployment/web`: `wait web`. Undefined: it is no other tool's way to say something. */
export function translated(words: readonly string[]): readonly string[] | undefined {
  const [first, second = "", ...others] = words;
  if (first !== "rollout" || !Object.hasOwn(aliases, second)) return undefined;
  const { verb, flags = {} } = aliases[second] ?? { verb: "" };
  const rest = others.flatMap((word) => {
    const [flag = "", ...value] = word.split("=");
    if (!flag.startsWith("-")) return [plainName(word)];
    const name = Object.hasOwn(flags, flag) ? flags[flag] : flag;
    if (name === undefined) return [];
    return value.length === 0 ? [name] : [name, value.join("=")];
  });
  return [verb, ...rest];
}

/** As kubectl names its things: `deployment/web`. */
function plainName(word: string): string {
  return word.replace(/^(?:deploy(?:ment)?|service|svc|pod)s?\//, "");
}

/** Throws FairleadError ConfigInvalid with what to type, where the words are another tool's. */
export function refuseHabit(words: readonly string[]): void {
  const [first = "", second = "", ...others] = words;
  const two = `${first} ${second}`;
  const isTwo = Object.hasOwn(habits, two);
  const instead = isTwo ? habits[two] : Object.hasOwn(habits, first) ? habits[first] : undefined;
  if (instead === undefined) return;
  const rest = (isTwo ? others : [second, ...others]).find((word) => word !== "" && !word.startsWith("-"));
  const name = rest === undefined ? "SERVICE" : plainName(rest);
  throw new FairleadError("ConfigInvalid", `${isTwo ? two : first} is a word of other tools`, {
    remedy: `here it is: ${instead.replaceAll("NAME", name)}`,
    retry: "never",
  });
}

/** For the test that none of them hides a verb. */
export function habitWords(): readonly string[] {
  return Object.keys(habits);
}
