import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { labelsOfMetrics } from "./every-series.js";
import { promtool } from "./promtool.js";

/** What Prometheus itself knows. */
const ofPrometheus = new Map([
  ["up", ["job", "instance"]],
  ["ALERTS", ["job", "instance", "alertname", "alertstate", "severity", "project", "service"]],
]);

/** Words of PromQL that stand before a parenthesis or between expressions. */
const words = new Set([
  ...["by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "offset", "bool"],
]);

interface Asked {
  readonly metrics: readonly { readonly name: string; readonly labels: readonly string[] }[];
  /** By which it groups and matches. */
  readonly labels: readonly string[];
}

/** The metrics and labels of an expression: not a parser, which promtool is. */
export function askedIn(expression: string): Asked {
  const plain = expression.replace(/#.*$/gm, "").replace(/\$__\w+|\$\{?\w+\}?/g, "1m");
  const texts = /"(?:[^"\\]|\\.)*"/g;
  const grouping = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
  const labels = [...plain.matchAll(grouping)].flatMap(([, list = ""]) => list.split(",").map((one) => one.trim()));
  const rest = plain
    .replace(texts, '""')
    .replace(grouping, " ")
    .replace(/\[[^\]]*\]/g, " ");
  const selectors = /\b([a-zA-Z_][a-zA-Z0-9_]*)\b\s*(\{[^}]*\})?(\s*\()?/g;
  const metrics = [...rest.matchAll(selectors)]
    .filter(([, name = "", , call]) => call === undefined && !words.has(name))
    .map(([, name = "", matchers = ""]) => ({
      name,
      labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = ""]) => label),
    }));
  return { metrics, labels: labels.filter((label) => label !== "") };
}

/** What an expression asks for that there is not. */
export async function missingIn(expression: string): Promise<readonly string[]> {
  const exposed = await labelsOfMetrics();
  const labelsOf = (name: string) => exposed.get(name) ?? ofPrometheus.get(name);
  const { metrics, labels } = askedIn(expression);
  const known = new Set(metrics.flatMap(({ name }) => [...(labelsOf(name) ?? [])]));
  return [
    ...(metrics.length === 0 ? ["no metric at all"] : []),
    ...metrics.flatMap(({ name, labels: own }) => {
      const has = labelsOf(name);
      if (has === undefined) return [name];
      return own.filter((label) => ![...has].includes(label)).map((label) => `${name}{${label}}`);
    }),
    ...labels.filter((label) => !known.has(label)).map((label) => `label ${label}`),
  ];
}

/** Throws with what Prometheus' own parser says of one of them. */
export function parse(expressions: readonly string[]): void {
  const folder = mkdtempSync(`${tmpdir()}/fairlead-queries-`);
  try {
    const rules = expressions.map((expr, index) => ({ record: `checked:${index}`, expr }));
    writeFileSync(`${folder}/rules.yml`, JSON.stringify({ groups: [{ name: "checked", rules }] }));
    promtool(["check", "rules", `${folder}/rules.yml`]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
