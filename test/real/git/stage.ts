import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { Log } from "../../../src/control/ports/log.js";
import type { RepositoryState, Source, SourceSnapshot } from "../../../src/control/ports/source.js";
import { gitSource } from "../../../src/git/source.js";
import { untold } from "../../../src/git/untold.js";
import { hostFiles } from "../../../src/hostfiles/files.js";
import { repositoriesOf, type WrittenRepository } from "../../../src/git/settings/settings.js";
import { gitRepository, type GitRepository } from "../../sandbox/servers/git-repository.js";
import { startGitServer, type GitServer } from "../../sandbox/servers/git-server.js";

const deadlineMs = 120_000;

export const services = (image: string, more = "") => `name: shop\nservices:\n  web:\n    image: ${image}\n${more}`;

export interface GitStage {
  readonly root: string;
  readonly data: string;
  readonly repository: GitRepository;
  readonly server: GitServer;
  /** Over HTTP. */
  readonly url: string;
  readonly open: (written?: WrittenRepository, options?: { readonly once?: boolean }) => Opened;
}

export interface Opened {
  readonly source: Source;
  readonly counts: Record<string, number>;
  readonly said: string[];
  /** As of the last load or change. */
  snapshot(): SourceSnapshot;
  state(): RepositoryState;
  load(): Promise<SourceSnapshot>;
  /** Begins to follow. */
  watch(): void;
  tell(): void;
  /** Until it holds of what is known. */
  until(holds: (snapshot: SourceSnapshot, state: RepositoryState) => boolean): Promise<void>;
  end(): Promise<void>;
}

/** A forge with one repository, and a place for what a source keeps of it. */
export async function gitStage(): Promise<GitStage> {
  const root = await mkdtemp(join(tmpdir(), "fairlead-git-test-"));
  const repository = await gitRepository(root);
  const server = await startGitServer(root);
  const data = join(root, "data");
  const url = `${server.url}/fleet.git`;
  const opened: Opened[] = [];
  onTestFinished(async () => {
    for (const one of opened) await one.end();
    await server.stop();
    await rm(root, { recursive: true, force: true, maxRetries: 100, retryDelay: 20 });
  });
  return {
    ...{ root, data, repository, server, url },
    open: (written = {}, { once = false } = {}) => {
      const one = openSource({ url, ref: "main", interval: "1h", ...written }, data, once);
      opened.push(one);
      return one;
    },
  };
}

function openSource(written: WrittenRepository, data: string, once: boolean): Opened {
  const counts: Record<string, number> = {};
  const said: string[] = [];
  const say = (_fields: object, text: string) => void said.push(text);
  const log = { debug: say, info: say, warn: say, error: say, child: () => log } as unknown as Log;
  const end = new AbortController();
  const source = gitSource({
    repositories: repositoriesOf(written),
    folder: join(data, "git"),
    firstLookMs: deadlineMs,
    once,
    environment: { PATH: process.env["PATH"] },
    telemetry: {
      ...untold,
      sourceFetched: (_source, result) => {
        counts[result] = (counts[result] ?? 0) + 1;
      },
    },
    log,
    hostFiles,
  });
  let current: SourceSnapshot = { generation: 0, projects: [], problems: [], warnings: [], files: new Map() };
  const state = (): RepositoryState => {
    const [first] = source.repositories?.() ?? [];
    if (first === undefined) throw new Error("nothing is followed");
    return first;
  };
  return {
    ...{ source, counts, said, state },
    snapshot: () => current,
    load: async () => (current = await source.load()),
    watch: () => {
      source.watch((snapshot) => {
        current = snapshot;
      }, end.signal);
    },
    tell: () => {
      source.told?.({ repositories: [written.url ?? ""], ref: "refs/heads/main" });
    },
    until: async (holds) => {
      const deadline = Date.now() + deadlineMs;
      while (!holds(current, state())) {
        if (Date.now() > deadline)
          throw new Error(`it never came to that: ${JSON.stringify([state(), current.problems], undefined, 1)}`);
        await sleep(20);
      }
    },
    end: async () => {
      end.abort();
      // What git had begun is ended with it.
      await sleep(50);
    },
  };
}

export function images({ projects }: SourceSnapshot): string[] {
  return projects.flatMap(({ services: all }) => all.map(({ image }) => `${image.repository}:${image.tag ?? ""}`));
}

export function mounts({ projects }: SourceSnapshot): Record<string, string> {
  return Object.fromEntries(
    projects.flatMap(({ services: all }) =>
      all.flatMap(({ container }) => container.mounts.map(({ source = "", target }) => [target, source])),
    ),
  );
}
