/*
 * Repositories as a source of desired state live here, put together: when they are looked at, and what is told of them.
 */

import { join } from "node:path";
import type { Push, Source, SourceSnapshot, Told } from "../control/ports/source.js";
import { Follower, type FollowerOptions } from "./follower.js";
import { normalUrl } from "./program/address.js";
import { snapshotOfAll } from "./snapshot.js";
import type { RepositorySettings } from "./settings/settings.js";

export interface GitSourceOptions extends FollowerOptions {
  readonly repositories: readonly RepositorySettings[];
  /** Where they are kept, each in a folder of its name. */
  readonly folder: string;
}

/** Services files in git repositories. What is broken, gone or out of reach leaves the last good version in force. */
export function gitSource(options: GitSourceOptions): Source {
  const { repositories, folder, once = false } = options;
  const followers = repositories.map((settings) => {
    options.telemetry.sourceFollowed(settings.source);
    return new Follower(settings, join(folder, settings.name), options);
  });
  let generation = 0;
  let shown = -1;

  function snapshot(): SourceSnapshot {
    const version = followers.reduce((sum, { followed }) => sum + followed.version, 0);
    if (version !== shown) generation += 1;
    shown = version;
    return snapshotOfAll(
      followers.map(({ followed }) => followed),
      generation,
      options.profiles,
    );
  }

  return {
    load: async () => {
      await Promise.all(followers.map((follower) => (once ? follower.lookOnce() : follower.begin())));
      return snapshot();
    },
    watch: (onChange, signal) => {
      for (const follower of followers) {
        void follower.follow(() => {
          if (!signal.aborted) onChange(snapshot());
        }, signal);
      }
    },
    repositories: () => followers.map((follower) => follower.state()),
    proved: (service, proven) => {
      for (const follower of followers) follower.proved(service, proven);
    },
    watchRecords: (onRecorded, signal) => {
      for (const follower of followers) follower.record(onRecorded, signal);
    },
    told: (push) => tell(followers, push),
    sync: (project, side, files) => followers.find(({ followed }) => followed.has(project))?.sync(project, side, files),
    takeBack: async (told) => {
      for (const follower of followers) await follower.takeBack(told);
    },
    forgive: async (paths) => {
      const forgiven = await Promise.all(followers.map((follower) => follower.forgive(paths)));
      return forgiven.includes(true);
    },
    commitsBetween: (span, signal) =>
      followers.find(({ followed }) => followed.settings.source === span.source)?.commitsBetween(span, signal),
    kept: async () => (await Promise.all(followers.map((follower) => follower.kept()))).flat(),
    tidy: async (mounted) => {
      for (const { followed } of followers) await followed.tidy(mounted);
    },
  };
}

function tell(followers: readonly Follower[], { repositories, ref }: Push): Told {
  const normal = new Set(repositories.map(normalUrl));
  const following = followers.filter(({ followed }) => normal.has(followed.settings.address.normal));
  if (following.length === 0) return { looking: [], reason: "nobody follows that repository" };
  const concerned = following.filter(({ followed }) => concerns(followed.settings.ref, ref));
  if (concerned.length === 0) return { looking: [], reason: "nobody follows that reference of the repository" };
  for (const follower of concerned) follower.tell();
  return { looking: concerned.map(({ followed }) => followed.settings.source), reason: undefined };
}

/** A reference of undefined is any; which branch `HEAD` is only the repository knows. */
function concerns(followed: string, pushed: string | undefined): boolean {
  if (pushed === undefined || followed === "HEAD") return true;
  return [followed, `refs/heads/${followed}`, `refs/tags/${followed}`].includes(
    pushed.startsWith("refs/") || followed.startsWith("refs/") ? pushed : `refs/heads/${pushed}`,
  );
}
