import { deflateSync, gzipSync } from "node:zlib";
import { deliveries, type Sent } from "./deliveries.js";

/** One request that somebody might send who knows the secret, made of a real one and a number. */
export interface Mutant {
  readonly type: string;
  /** Below `/hooks/`, without the secret. */
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

type Dice = (sides: number) => number;

/** Mulberry32: the same number makes the same request. */
function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

const pick = <Item>(items: readonly Item[], dice: Dice): Item => items[dice(items.length)]!;

const oddValues: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1e308, "", " ", [], {}, [[]], [null], ["latest"], { tag: "latest" }],
  ...["--help", "$(id)", "; rm -rf /", "a\n\u001b[31mb", "a\u0000b", "\u202e", "../../etc/passwd", "%2e%2e%2f"],
  ...["Acme/Shop", "xn--mnchen-3ya.example/a/b", "münchen.example/a/b", "http://127.0.0.1:1/", "sha256:abc"],
  ...[`sha256:${"a".repeat(40)}`, `sha256:${"a".repeat(60)}`, "t".repeat(129), "x".repeat(513), "é".repeat(300)],
  ...["acme/shop", "acme/shop:latest", "latest", "__proto__", "constructor", "1e999", "NaN"],
  ...[Array.from({ length: 1_500 }, (_, index) => `t${index}`), Object.fromEntries([["__proto__", 1]])],
];

/** A copy in which one value, somewhere, is another, gone, or twice. */
function bent(value: unknown, dice: Dice): unknown {
  if (typeof value !== "object" || value === null || dice(6) === 0) return pick(oddValues, dice);
  if (Array.isArray(value)) {
    const items = [...(value as readonly unknown[])];
    if (items.length === 0) return [pick(oddValues, dice)];
    const at = dice(items.length);
    if (dice(4) === 0) items.push(items[at]);
    else items[at] = bent(items[at], dice);
    return items;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return pick(oddValues, dice);
  const at = dice(entries.length);
  const [key, inner] = entries[at] as [string, unknown];
  if (dice(8) === 0) entries.splice(at, 1);
  else entries[at] = [dice(12) === 0 ? "__proto__" : key, bent(inner, dice)];
  return Object.fromEntries(entries);
}

const texts: readonly ((text: string, dice: Dice) => string)[] = [
  (text) => text,
  (text) => text,
  (text, dice) => text.slice(0, dice(text.length + 1)),
  (text) => `${text}${text}`,
  (text) => `${text}\n{"more": 1}`,
  (text) => text.replace("{", '{"a":1,"a":2,'),
  (text) => text.replace(/"latest"/, "1e999"),
  (text) => text.replace(/"latest"/, `${"[".repeat(70)}${"]".repeat(70)}`),
  (text) => text.replace("{", `{"deep":${'{"a":'.repeat(40)}1${"}".repeat(40)},`),
  (_, dice) => JSON.stringify(pick(oddValues, dice)),
  (text) => `[${text}]`,
  () => "",
  (text) => new URLSearchParams({ payload: text }).toString(),
];

const encodings: readonly ((text: string) => Uint8Array)[] = [
  ...Array.from({ length: 6 }, () => (text: string) => Buffer.from(text)),
  (text) => Buffer.from(`\ufeff${text}`),
  (text) => Buffer.from(text, "utf16le"),
  (text) => Buffer.concat([Buffer.from(text.slice(0, 9)), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from(text.slice(9))]),
  (text) => gzipSync(text),
  (text) => deflateSync(text),
];

const contentTypes = [
  ...["application/json", "application/json", "application/json", "application/cloudevents+json"],
  ...[
    "application/x-www-form-urlencoded",
    "text/plain",
    "text/plain; charset=utf-16",
    "application/json; charset=utf-8",
  ],
  ...["multipart/form-data; boundary=x", "*/*", "json", ""],
];

const oddHeaders: readonly Readonly<Record<string, string>>[] = [
  ...Array.from({ length: 8 }, () => ({})),
  { "content-encoding": "gzip" },
  { "x-github-event": "__proto__", "x-gitea-event": "package", "x-event-key": "repo:push" },
  { "ce-type": "Microsoft.ContainerRegistry.ImagePushed", "ce-id": "1" },
  { "x-signature": "sha256=", "x-signature-256": "sha256=", "x-hub-signature-256": "sha256=" },
  { "webhook-id": "1", "webhook-timestamp": "1e12", "webhook-signature": "v1," },
  { "webhook-request-origin": "a.example" },
];

/** `kinds`: the senders that it is chosen from. */
export function mutantOf(seed: number, kinds: readonly Sent[] = deliveries): Mutant {
  const dice = diceOf(seed);
  const { type, push, elsewhere, other, ping } = pick(kinds, dice);
  const delivery = pick([push, push, push, elsewhere, other, ping ?? push], dice);
  let { body } = delivery;
  for (let bends = dice(4); bends > 0; bends -= 1) body = bent(body, dice);
  const bytes = pick(encodings, dice)(pick(texts, dice)(JSON.stringify(body), dice));
  const contentType = pick(contentTypes, dice);
  return {
    type,
    path: type === "delivery-hook" ? `${type}/${pick(["pull", "build"], dice)}` : type,
    method: pick([...Array.from({ length: 14 }, () => "POST"), "OPTIONS", "PUT"], dice),
    headers: {
      ...(contentType === "" ? {} : { "content-type": contentType }),
      ...(dice(2) === 0 ? delivery.headers : {}),
      ...pick(oddHeaders, dice),
    },
    body: bytes,
  };
}
