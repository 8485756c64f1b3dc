import { join } from "node:path";
import { shellWord } from "../../tools/shell.js";
import type { Secret } from "../../tools/secret.js";
import { hooksUrl } from "../shared/hooks-url.js";
import { packagedFolder, type Layout } from "./layout.js";
import type { Answers } from "./questions.js";

export interface Outcome {
  readonly answers: Answers;
  readonly layout: Layout;
  /** Where the internet reaches the hooks; undefined: nobody has said. */
  readonly url: string | undefined;
  readonly hookSecret: Secret;
  /** The hooks are taken over TLS. */
  readonly isSecure: boolean;
}

/**
 * What its reader does next. The hooks' address holds the secret, which is all that it is for: it is shown to a person on a
 * terminal, and to nobody's log.
 */
export function nextSteps(
  { answers, layout, url, hookSecret, isSecure }: Outcome,
  isTerminal: boolean,
): readonly string[] {
  const { pushes } = answers;
  const base = hooksUrl({ externalUrl: url, hooksListen: "0.0.0.0:8420", isSecure });
  const token = isTerminal ? hookSecret.reveal() : "<secret>";
  const isElsewhere = isTerminal
    ? []
    : [`  <secret> stands in ${join(layout.secrets, "hook-secret")}: it is shown on terminals alone`];
  const address = url === undefined ? ["  --url says under which address the internet reaches it (docs/tls.md)"] : [];
  const hook = {
    none: [],
    dockerhub: [
      "Docker Hub, at the repository, Webhooks, is to call:",
      `  ${base}/hooks/dockerhub/${token}`,
      ...isElsewhere,
      ...address,
    ],
    generic: [
      "Whoever has pushed an image is to call:",
      `  ${base}/hooks/generic/${token}`,
      `  with a POST of {"image": "NAME:TAG"} as application/json`,
      ...isElsewhere,
      ...address,
    ],
  }[pushes];
  return [...hook, "Next:", ...commands(answers, layout).map((command) => `  ${command}`)];
}

function commands({ place, services }: Answers, { folder, settings }: Layout): readonly [string, string] {
  const isUsual = folder === packagedFolder;
  switch (place) {
    case "terminal": {
      const given = folder === process.cwd() || isUsual ? "" : ` --config ${shellWord(settings)}`;
      return services === "running"
        ? [`fairlead run${given}`, `fairlead adopt --all${given}`]
        : [`fairlead plan${given}`, `fairlead run${given}`];
    }
    case "systemd":
      return [
        "sudo systemctl enable --now fairlead",
        services === "running" ? "sudo fairlead adopt --all" : "sudo fairlead status",
      ];
    case "container": {
      const where = isUsual ? "" : `; printf '%s\\n' ${shellWord(`FAIRLEAD_DIR=${dotenvText(folder)}`)}`;
      return [
        `(echo "DOCKER_GID=$(stat -c %g /var/run/docker.sock)"${where}) >> .env && docker compose up -d`,
        `docker compose exec fairlead fairlead ${services === "running" ? "adopt --all" : "status"}`,
      ];
    }
  }
}

/** A value of a `.env` file, where a dollar sign begins a variable and white space ends a text. */
function dotenvText(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `"${text.replace(/[\\"$]/g, "\\$&")}"`;
}
