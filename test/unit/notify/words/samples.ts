import type { Notice } from "../../../../src/notify/model/notice.js";

export const digest = `sha256:${"1".repeat(64)}`;
export const sha = "1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b";

/** A push to Docker Hub that concerns no service here. */
export function delivery(more: Partial<NonNullable<Notice["delivery"]>> = {}): Notice {
  const told = { receiver: "hub", repository: "docker.io/getto/psycher", tag: "1.2.0", ...more };
  return {
    id: "n_1",
    kind: `hook:${told.receiver}`,
    severity: "info",
    at: 1_760_000_000_000,
    title: "hub: docker.io/getto/psycher:1.2.0 is ignored",
    delivery: { outcome: "ignored", services: [], ...told },
  };
}

/** A rollout of a commit. */
export function rollout(kind: Notice["kind"] = "promoted", more: Partial<Notice> = {}): Notice {
  return {
    ...{ id: "n_2", kind, severity: "info", at: 1_760_000_000_000, project: "shop", service: "web" },
    title: `shop/web: 1.4.3 is ${kind}`,
    change: { image: "ghcr.io/acme/web:1.4.2", to: { digest, tag: "1.4.3" } },
    commit: {
      id: sha,
      source: "https://github.com/Acme/Fleet.git",
      author: "Ada",
      subject: "web: 1.4.3",
    },
    link: "https://fairlead.example.org/#shop/web",
    ...more,
  };
}
