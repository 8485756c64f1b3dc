import type { Notice } from "../../../../src/notify/model/notice.js";
import type { Told } from "../../../../src/notify/model/sender.js";

const at = Date.parse("2026-11-20T12:00:00Z");
const digest = (sign: string) => `sha256:${sign.repeat(64)}`;
const place = { project: "shop", service: "web", at } as const;

const hostile =
  '<!channel> @everyone @here @room <@U1> <@&2> [click](https://evil.example) <img src=x> *b* _i_ `c` ```d``` & "q" \'\u202e\r\nBcc: x@evil.example';

const promoted: Notice = {
  ...place,
  ...{ id: "promoted-1", kind: "promoted", severity: "info", title: "shop/web: 1.4.3 is promoted" },
  reason: "It has been healthy for 30 s.",
  change: {
    rollout: "shop/web@12",
    image: "ghcr.io/acme/shop",
    from: { digest: digest("a"), tag: "1.4.2" },
    to: { digest: digest("b"), tag: "1.4.3" },
    skipped: ["… 2 more", "1.4.2-1"],
  },
  cause: "a push to main",
  commit: {
    id: "1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d",
    source: "https://git.example.org/acme/shop",
    url: "https://git.example.org/acme/shop/commit/1a2b3c4",
    author: "Ada",
    subject: "Sell more hats",
    before: "5d6e7f8a9b0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e",
  },
  between: ["… 37 more", "0a0b0c0 Bob: Draw a hat (v1.4.2)"],
  link: "https://fairlead.example.org/services/shop/web",
};

const failed: Notice = {
  ...place,
  ...{ id: "failed-1", kind: "failed", severity: "error", problem: "rollout:shop/web", title: `shop/web: ${hostile}` },
  reason: hostile,
  change: { image: `evil.example/${hostile}`, to: { digest: digest("c"), tag: hostile }, skipped: [hostile] },
  commit: { id: "f".repeat(40), source: hostile, author: hostile, subject: hostile },
  between: [hostile],
  logs: ["starting", hostile, "panic: no hats left"],
  link: "javascript:alert(1)",
};

const waiting: Notice = {
  ...place,
  ...{ id: "waiting-1", kind: "waiting", severity: "warning", problem: "approval:shop/web" },
  title: "shop/web: 1.5.0 waits for an approval",
  command: `fairlead approve shop/web --digest ${digest("d")}`,
};

const recovered: Notice = {
  ...place,
  ...{ id: "recovered-1", kind: "recovered", severity: "info", problem: "rollout:shop/web", isEnd: true },
  title: "shop/web: runs again",
  suppressed: 3,
};

const hook: Notice = {
  ...{ id: "hook-1", kind: "hook:ci", severity: "info", at, title: "a delivery at ci" },
  delivery: {
    ...{ receiver: "ci", outcome: "accepted", repository: "acme/shop", tag: "1.4.3", digest: digest("e") },
    services: ["shop/web", "shop/worker"],
  },
};

/** What golden files show, by name. */
export const samples: Readonly<Record<string, Told>> = {
  promoted: { notice: promoted },
  failed: { notice: failed },
  waiting: { notice: waiting },
  recovered: { notice: recovered },
  hook: { notice: hook },
  template: { notice: promoted, text: `**1.4.3** is out\n${hostile}` },
};
