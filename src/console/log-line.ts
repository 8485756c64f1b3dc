import type pc from "picocolors";

type Colours = ReturnType<typeof pc.createColors>;
type Fields = Readonly<Record<string, unknown>>;

/** Told by the line itself, or of no use to people who watch. */
const untold: ReadonlySet<string> = new Set([
  ...["level", "time", "msg", "reconcile", "project", "service", "key", "step", "reason", "sync", "health", "outcome"],
  ...["hook", "services", "error", "remedy", "logs", "err", "stack", "code", "file"],
]);

const whoWidth = 14;

/** An event as people who watch are told of it: `12:00:01 shop/web  > start shop-web-1 (its image is new)`. */
export function lineFor(record: Fields, colours: Colours): string {
  const { dim } = colours;
  const message = textOf(record["msg"]);
  const { sign, paint } = markOf(record, colours);
  const { what, because } = record["step"] === undefined ? { what: message, because: "" } : splitCause(message);
  const error = record["error"] === undefined ? "" : `: ${textOf(record["error"])}`;
  const remedy = record["remedy"] === undefined ? "" : `; ${textOf(record["remedy"])}`;
  const rest = Object.entries(record).flatMap(([field, value]) =>
    untold.has(field) || value === undefined ? [] : [` ${field}=${textOf(value)}`],
  );
  const head = `${dim(clockOf(record["time"]))} ${whoOf(record).padEnd(whoWidth)} ${sign} `;
  const tail = `${because}${rest.join("")}`;
  return [`${head}${paint(`${what}${error}${remedy}`)}${tail === "" ? "" : dim(tail)}`, ...below(record, dim)].join(
    "\n",
  );
}

/** What a container said last, and where an error nobody foresaw comes from. */
function below(record: Fields, dim: (text: string) => string): readonly string[] {
  const { logs, stack, err } = record;
  const frames = [stack, typeof err === "object" && err !== null && "stack" in err ? err.stack : undefined];
  const lines = [
    ...(Array.isArray(logs) ? logs.map(textOf) : []),
    ...frames.flatMap((one) => (typeof one === "string" ? one.split("\n") : [])),
  ];
  return lines.map((line) => dim(`         | ${line}`));
}

function whoOf({ project, service, key }: Fields): string {
  if (typeof service === "string") return typeof project === "string" ? `${project}/${service}` : service;
  return typeof key === "string" ? key : "-";
}

function markOf(record: Fields, { red, green, cyan, yellow, bold }: Colours) {
  const { level, outcome, reason, step } = record;
  if (level === "error" || outcome === "rolled-back" || outcome === "failed") return { sign: red("✗"), paint: red };
  if (level === "warn") return { sign: yellow("!"), paint: yellow };
  if (outcome === "promoted" || reason === "Converged") return { sign: green("✓"), paint: green };
  if (step !== undefined) return { sign: cyan(">"), paint: String };
  return { sign: yellow("·"), paint: reason === undefined ? String : bold };
}

/** `stop shop-web-1, within 10s (its health check fails)`: a step, and its cause in brackets at the end. */
function splitCause(message: string): { readonly what: string; readonly because: string } {
  const at = message.indexOf(" (");
  return at < 0 ? { what: message, because: "" } : { what: message.slice(0, at), because: message.slice(at) };
}

function clockOf(time: unknown): string {
  const at = new Date(typeof time === "string" || typeof time === "number" ? time : Date.now());
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
