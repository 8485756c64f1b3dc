import type { Notice, noticeKinds, NoticeKind } from "../model/notice.js";
import { noticeId, severityOf } from "./draft.js";

/** Only a test is told them. */
const digests = { from: `sha256:${"1".repeat(64)}`, to: `sha256:${"2".repeat(64)}` } as const;

const change = {
  rollout: "shop/web@8",
  image: "registry.example/shop/web:1.4.3",
  from: { digest: digests.from, tag: "1.4.0" },
  to: { digest: digests.to, tag: "1.4.3" },
  skipped: ["1.4.1", "1.4.2"],
} as const;

type Part = Partial<Notice> & Pick<Notice, "title">;

const commit = {
  id: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
  source: "https://forge.example/acme/fleet.git",
  author: "Ada",
  subject: "shop 1.4.3",
  before: "5d6e7f8091a2b3c4d1a2b3c4d5e6f708192a3b4c",
};
const logs = ["connecting to the database", "Error: connection refused"];
const failure = {
  change,
  commit,
  cause: "hook generic: registry.example/shop/web:1.4.3",
  logs,
  problem: "release shop/web",
};

const parts: Readonly<Record<(typeof noticeKinds)[number], Part>> = {
  started: { title: "shop/web: the rollout of 1.4.3 has begun", change, commit, cause: failure.cause },
  promoted: {
    ...{ title: "shop/web: 1.4.3 is promoted", change, cause: failure.cause },
    commit,
    between: ["… 2 more", "c3d4e5f Grace: Keep the baskets of guests", "9f8e7d6 Ada: Log in by passkey (v1.4.2)"],
  },
  "rolled-back": {
    ...{
      title: "shop/web: 1.4.3 has failed and is rolled back",
      reason: "Unhealthy: its health check fails",
      ...failure,
    },
  },
  failed: {
    title: "shop/web: 1.4.3 has failed, and nothing serves in its place",
    reason: "ContainerExited: it ended with 1",
    ...failure,
  },
  held: {
    title: "shop/web: 1.4.3 is held until the files or the digest change",
    command: "fairlead retry shop/web",
    ...failure,
  },
  waiting: {
    ...{ title: "shop/web: 1.4.3 waits for an approval", problem: "waiting shop/web" },
    command: `fairlead approve shop/web --digest ${digests.to}`,
  },
  "job-failed": {
    title: "shop/web: job shop-web-migrate has failed",
    reason: "it ended with 1",
    logs,
    problem: "job shop/web",
  },
  "crash-looping": {
    title: "shop/web: it crashes again and again",
    reason: "CrashLooping: it has ended 5 times",
    problem: "crash shop/web",
  },
  recovered: { title: "shop/web: it runs again", problem: "crash shop/web", isEnd: true },
  source: {
    title: "services.yaml is not in force",
    reason: "services.yaml:3:5: services.web: unknown key",
    problem: "source services.yaml",
  },
  signature: { title: "shop/web: the signature of what is wanted is refused", problem: "signature shop/web" },
  registry: {
    title: "registry registry.example does not answer",
    reason: "3 services need it",
    problem: "registry registry.example",
  },
  engine: { title: "the engine cannot be reached, and nothing is done for the services", problem: "engine" },
};

const general: ReadonlySet<string> = new Set(["source", "registry", "engine"]);

/** What a notice of that kind may look like; nothing of it has happened. */
export function sampleOf(kind: NoticeKind, at: number, link?: string): Notice {
  const severity = severityOf(kind);
  const base = { id: noticeId("sample", kind, at), kind, severity, at, ...(link === undefined ? {} : { link }) };
  const whose = general.has(kind) ? {} : { project: "shop", service: "web", labels: {} };
  const [, receiver] = /^hook:(.+)$/.exec(kind) ?? [];
  if (receiver === undefined) {
    const { title, ...rest } = parts[kind as keyof typeof parts];
    return { ...base, ...whose, ...rest, title: `a test: ${title}` };
  }
  const delivery = { receiver, outcome: "accepted" as const, repository: "registry.example/shop/web", tag: "1.4.3" };
  return {
    ...{ ...base, ...whose, title: `a test: ${receiver}: registry.example/shop/web:1.4.3 is accepted` },
    delivery: { ...delivery, services: ["shop/web"] },
  };
}
