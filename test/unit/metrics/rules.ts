import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { load } from "js-yaml";
import { promtool } from "./promtool.js";

export const rulesFile = fileURLToPath(new URL("../../../deploy/prometheus/fairlead.rules.yml", import.meta.url));

export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export const rules: readonly Rule[] = (
  load(readFileSync(rulesFile, "utf8")) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] }
).groups.flatMap((group) => group.rules);

/** As Prometheus would have it, with a sample each minute by default. */
export interface Series {
  readonly series: string;
  readonly values: string;
}

export interface Expected {
  readonly alertname: string;
  readonly eval_time: string;
  /** By their labels, but for the severity; each with what `$value` is printed as. */
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>>; readonly value?: string }[];
}

/** Throws with what is otherwise than expected. Severity and annotations are those of the rules. */
export function play(input: readonly Series[], expected: readonly Expected[], interval = "1m"): void {
  const tests = expected.map(({ alertname, eval_time, alerts }) => {
    const rule = rules.find(({ alert }) => alert === alertname);
    if (rule === undefined) throw new Error(`there is no alert ${alertname}`);
    return {
      ...{ alertname, eval_time },
      exp_alerts: alerts.map(({ labels, value }) => ({
        exp_labels: { ...labels, ...rule.labels },
        exp_annotations: Object.fromEntries(
          Object.entries(rule.annotations).map(([name, text]) => [name, filled(text, labels, value)]),
        ),
      })),
    };
  });
  const folder = mkdtempSync(`${tmpdir()}/fairlead-rules-`);
  try {
    const written = {
      rule_files: [rulesFile],
      evaluation_interval: interval,
      tests: [{ interval, input_series: input, alert_rule_test: tests }],
    };
    writeFileSync(`${folder}/tests.yml`, JSON.stringify(written));
    promtool(["test", "rules", `${folder}/tests.yml`]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What of Prometheus' templates the rules use. */
function filled(text: string, labels: Readonly<Record<string, string>>, value = "(no value)"): string {
  return text
    .replace(/\{\{ with \$labels\.(\w+) \}\}(.*?)\{\{ end \}\}/g, (_, name: string, inner: string) =>
      labels[name] === undefined ? "" : inner.replace("{{ . }}", labels[name]),
    )
    .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => labels[name] ?? "")
    .replace(/\{\{ \$value(?: \| \w+)? \}\}/g, value);
}
