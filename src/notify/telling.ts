/*
 * Telling people, put together: what happens and how things stand is turned into notices, and the outbox tells them.
 * Nothing here holds up a rollout: whoever calls is answered at once.
 */

import type { ServiceKey } from "../compose/model/service.js";
import type { Entry } from "../control/journal/entry.js";
import type { Journal } from "../control/journal/journal.js";
import type { Clock } from "../control/ports/clock.js";
import type { Log } from "../control/ports/log.js";
import type { Delivery } from "../control/surface/deliveries.js";
import { asFairleadError } from "../errors.js";
import type { Notice, NoticeKind } from "./model/notice.js";
import { noticeKinds } from "./model/notice.js";
import type { Notifications, NotificationsStanding, ShownChannel, TestOutcome, TestWish } from "./model/standing.js";
import { deliveryDrafts } from "./notices/deliveries.js";
import type { Draft } from "./notices/draft.js";
import { draftOf } from "./notices/entries.js";
import type { Standing } from "./notices/found.js";
import { plainText } from "./notices/plain.js";
import type { KnownProblem } from "./notices/problems.js";
import { sampleOf } from "./notices/samples.js";
import { Outbox } from "./outbox/outbox.js";
import type { OutboxOptions } from "./outbox/outbox.js";
import { tryOnce } from "./outbox/try.js";
import { Floods } from "./watch/floods.js";
import { Watch } from "./watch/watch.js";
import { checkKind } from "./words/kinds.js";

export interface TellingOptions extends OutboxOptions {
  readonly channels: readonly ShownChannel[];
  readonly journal: Pick<Journal, "follow" | "record" | "events">;
  /** How everything stands now. */
  readonly standing: () => Standing;
  /** As the file has them; undefined: no file declares the service. */
  readonly labels: (key: ServiceKey) => Readonly<Record<string, string>> | undefined;
  /** Those whose deliveries there may be: what `hook:` may name. */
  readonly receivers: readonly string[];
  /** Under which people reach the page. */
  readonly externalUrl: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export class Telling implements Notifications {
  readonly #outbox: Outbox;
  readonly #watch: Watch;
  readonly #floods: Floods;
  readonly #end = new AbortController();
  /** What is told must be known to be declared: its labels decide who wants it. */
  readonly #declared: Promise<void>;
  #onDeclared: () => void = () => undefined;
  #isOpen = false;
  /** What has happened before the outbox was read. */
  readonly #before: (() => void)[] = [];
  #deliveries = 0;

  constructor(private readonly options: TellingOptions) {
    const { clock, standing } = options;
    this.#outbox = new Outbox(options);
    this.#floods = new Floods(clock, (draft) => {
      this.#whenOpen(() => {
        this.#outbox.note(this.#dressed(draft));
      });
    });
    this.#declared = new Promise((resolve) => {
      this.#onDeclared = resolve;
    });
    this.#watch = new Watch({
      clock,
      standing,
      problems: () => this.#outbox.problems,
      tell: (notice, news) => {
        this.#outbox.note(this.#dressed(notice), news);
      },
      learn: (news) => {
        this.#outbox.learn(news);
      },
    });
  }

  /** From now on everything that happens is noted. Takes as long as the disk and the services files do. */
  async begin(): Promise<void> {
    const { journal, channels } = this.options;
    if (channels.length === 0) {
      // What waits for those that were told once is forgotten.
      await this.#outbox.begin();
      return;
    }
    let isPast = true;
    journal.follow((entry) => {
      const wasBefore = isPast;
      this.#whenOpen(() => {
        this.#noted(entry, wasBefore);
      });
    });
    isPast = false;
    await Promise.all([this.#outbox.begin(), this.#declared]);
    this.#isOpen = true;
    for (const act of this.#before.splice(0)) act();
    this.#watch.start(journal.events, this.#end.signal);
  }

  /** The services files have been read for the first time. */
  declared(): void {
    this.#onDeclared();
  }

  /** A sender has had its answer. */
  heard(delivery: Delivery): void {
    if (this.options.channels.length === 0) return;
    const at = this.options.clock.now();
    this.#deliveries += 1;
    for (const draft of deliveryDrafts(delivery, at, this.#deliveries)) this.#floods.heard(draft);
  }

  async stop(): Promise<void> {
    this.#end.abort();
    this.#floods.end();
    await this.#outbox.stop();
  }

  standing(): NotificationsStanding {
    return this.#outbox.standing();
  }

  async test(name: string, { kind: wished, dryRun }: TestWish): Promise<TestOutcome | undefined> {
    const channel = this.options.channels.find((one) => one.name === name);
    return channel === undefined ? undefined : testChannel(channel, { kind: wished, dryRun }, this.options);
  }

  /** One that fails must not take others along, nor whoever writes the journal. */
  #whenOpen(act: () => void): void {
    const safely = () => {
      try {
        act();
      } catch (thrown) {
        this.options.log.error(
          { error: asFairleadError(thrown).message },
          "something that has happened cannot be told",
        );
      }
    };
    if (this.#isOpen) safely();
    else this.#before.push(safely);
  }

  #noted(entry: Entry, isPast: boolean): void {
    const { journal, labels } = this.options;
    const { key } = entry;
    const own = labels(key);
    const link = this.#linkTo(key);
    const draft = draftOf(entry, {
      record: journal.record(key),
      ...(own === undefined ? {} : { labels: own }),
      ...(link === undefined ? {} : { link }),
    });
    if (draft === undefined || this.#outbox.knows(draft.id)) return;
    const { ends, onlyAsEnd, ...notice } = draft;
    const open = ends === undefined ? undefined : this.#outbox.problems.get(ends);
    if (ends !== undefined && open?.told === "open") {
      this.#outbox.note({ ...notice, problem: ends, isEnd: true }, [ends, null], { isPast });
    } else if (onlyAsEnd !== true) {
      const news = draft.problem === undefined ? undefined : ([draft.problem, knownOf(draft)] as const);
      this.#outbox.note(notice, news, { isPast });
    }
  }

  #dressed(notice: Notice): Notice {
    const { project, service } = notice;
    const key = project === undefined || service === undefined ? undefined : (`${project}/${service}` as const);
    const labels = key === undefined ? undefined : this.options.labels(key);
    const link = this.#linkTo(key);
    return { ...notice, ...(labels === undefined ? {} : { labels }), ...(link === undefined ? {} : { link }) };
  }

  #linkTo(key: ServiceKey | undefined): string | undefined {
    return linkTo(this.options.externalUrl, key);
  }
}

function linkTo(externalUrl: string | undefined, key: ServiceKey | undefined): string | undefined {
  if (externalUrl === undefined) return undefined;
  return `${externalUrl.replace(/\/+$/, "")}/${key === undefined ? "" : `#${key}`}`;
}

/** It lasts until another release comes through. */
function knownOf({ kind, severity, project = "", service = "", title, at }: Draft): KnownProblem {
  const end = { kind: "recovered" as const, title: `${project}/${service}: it runs what is wanted` };
  const now = { told: "open" as const, toldFingerprint: "", toldAt: at, seenFingerprint: "", suppressed: 0 };
  return { ...now, kind, severity, project, service, title, end };
}

/** Tells one channel a sample, whatever it wants to be told. */
export async function testChannel(
  channel: ShownChannel,
  { kind: wished, dryRun }: { readonly kind?: NoticeKind | undefined; readonly dryRun: boolean },
  { clock, externalUrl, receivers }: Pick<TellingOptions, "clock" | "externalUrl" | "receivers">,
): Promise<TestOutcome> {
  if (wished !== undefined) checkKind(wished, () => "event", receivers);
  const at = clock.now();
  const link = linkTo(externalUrl, "shop/web");
  const kind = wished ?? noticeKinds.find((one) => channel.wants(sampleOf(one, at, link))) ?? "promoted";
  const notice = sampleOf(kind, at, link);
  const text = channel.render?.(notice) ?? plainText(notice);
  const outcome = { kind, text, ...(channel.wants(notice) ? {} : { isUnwanted: true as const }) };
  return dryRun ? outcome : { ...outcome, answer: await tryOnce(channel, notice, clock) };
}
