/* A process that writes promotions into a journal and tells them, until it is killed: `killed.test.ts` starts it. */
import { Journal } from "../../../src/control/journal/journal.js";
import { systemClock } from "../../../src/control/time/clock.js";
import { silentLog } from "../../../src/console/log.js";
import { openExchange } from "../../../src/notify/exchange/exchange.js";
import { subscriptionChannels } from "../../../src/notify/subscriptions/subscriptions.js";
import { Telling } from "../../../src/notify/telling.js";
import { Secret } from "../../../src/tools/secret.js";
import { digestOf } from "../../digests.js";
import { countedTelemetry } from "./stage.js";

const [data = "", url = "", last = "0"] = process.argv.slice(2);
const key = "shop/web" as const;

const journal = await Journal.open(data, silentLog);
const channels = subscriptionChannels({ team: { type: "webhook", url } } as never, {
  ...{
    place: (at) => at,
    exchange: openExchange({ userAgent: "fairlead/test" }),
    secretIn: () => new Secret("s"),
    receivers: [],
  },
  now: () => systemClock.now(),
});
const telling = new Telling({
  ...{
    data,
    journal,
    channels,
    clock: systemClock,
    log: silentLog,
    telemetry: countedTelemetry(),
    random: Math.random,
  },
  standing: () => ({
    ...{ isReady: false, services: [], files: new Map(), projects: [], repositories: [] },
    engine: { kind: "reachable", clockSkewSeconds: 0 },
  }),
  ...{ labels: () => undefined, externalUrl: undefined, receivers: [] },
});
let revision = 0;
journal.follow((entry) => {
  if (entry.type === "rollout") revision = Number(entry.rollout.id.split("@")[1]);
});
const begun = telling.begin();
telling.declared();
await begun;
process.stdout.write("begun\n");
while (revision < Number(last)) {
  const next = revision + 1;
  const at = new Date(next * 1_000).toISOString();
  const outcome = { startedAt: at, finishedAt: at, outcome: "promoted", reason: "Converged" } as const;
  const rollout = { id: `${key}@${next}`, from: undefined, to: digestOf("a"), ...outcome };
  if (await journal.append({ type: "rollout", at: next * 1_000, key, rollout })) process.stdout.write(`${next}\n`);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
}
while (telling.standing().channels.some(({ waiting }) => waiting > 0)) {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
await telling.stop();
process.exit(0);
