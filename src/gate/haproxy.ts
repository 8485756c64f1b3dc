import { isIpAddress } from "../compose/values/address.js";
import type { Gates } from "../control/ports/gates.js";
import { FairleadError } from "../errors.js";
import type { Route } from "../plan/model/step.js";
import { readServers, readState, serverPattern } from "./answers.js";
import { configFile } from "./files.js";

/** Runs a command in a running container to its end. `output`: all of it, of both streams. Throws FairleadError. */
export type Run = (
  container: string,
  command: readonly string[],
  timeoutMs: number,
) => Promise<{ readonly exitCode: number; readonly output: string }>;

const timeoutMs = 10_000;
const shownOfAnswer = 200;

/** Says what configuration there is on disk, and asks once each what it is given. */
const ask = `read -r _ _ config port _ <"$0" && echo "$config" || exit
for line; do printf '%s\\n' "$line" | nc -w 3 127.0.0.1 "$port" || exit; done`;

/**
 * Gives each command for every section, and then shows the servers. A server that has never had an address takes one
 * from its name only: for that it waits, so that nothing else is closed before. No argument holds anything but checked
 * words.
 */
const tell = `read -r _ _ _ port sections <"$0" || exit
servers() { echo 'show servers state' | nc -w 3 127.0.0.1 "$port"; }
for line; do
  answer=$(for section in $sections; do printf "$line;" "$section"; done | { cat; echo; } | nc -w 3 127.0.0.1 "$port") || exit
  echo "$answer"
  case $answer in *'address family'*) ;; *) continue ;; esac
  server=\${line#*/}
  for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    case $(servers) in *" \${server%% *} \${line##* } "*) break ;; esac
    sleep 0.2
  done
done
servers`;

/** Steers the HAProxy in each gate by its own commands, from within its container: nobody else reaches them. */
export function connectGates(run: Run): Gates {
  async function command(container: string, script: string, lines: readonly string[]): Promise<string> {
    const { exitCode, output } = await run(container, ["sh", "-c", script, configFile, ...lines], timeoutMs);
    if (exitCode === 0) return output;
    throw refusal(container, `its commands end with exit code ${exitCode}: ${shown(output)}`);
  }

  return {
    state: async (container, now) => {
      const output = await command(container, ask, ["show servers state;show stat -1 4 -1"]);
      const state = readState(output, now);
      if (state === undefined) throw refusal(container, `its answer makes no sense: ${shown(output)}`);
      return state;
    },
    setRoutes: async (container, routes) => {
      const output = await command(container, tell, routes.flatMap(commandsOf));
      const servers = readServers(output);
      const failed = routes.find((route) => !isSet(route, routes, servers));
      if (failed !== undefined) throw refusal(container, `${failed.server} is not as asked for: ${shown(output)}`);
    },
  };
}

/** `%s` stands for the section. An address first: it may not get work before it leads to the right place. */
function commandsOf({ server, address, open }: Route): readonly string[] {
  const of = `set server %s/${checked(server)}`;
  if (address !== undefined && !isIpAddress(address))
    throw new FairleadError("Internal", "a route leads to no address");
  const state = `${of} state ${open ? "ready" : "maint"}`;
  return address === undefined ? [state] : [`${of} addr ${address}`, state];
}

function checked(server: string): string {
  if (serverPattern.test(server)) return server;
  throw new FairleadError("Internal", "a route has no server's name");
}

/** Of several routes of one server the last one counts. */
function isSet(route: Route, routes: readonly Route[], servers: ReturnType<typeof readServers>): boolean {
  const wanted = routes.findLast(({ server }) => server === route.server) ?? route;
  const found = servers.filter(({ server }) => server === route.server);
  return (
    found.length > 0 &&
    found.every(({ open, address }) => open === wanted.open && (wanted.address ?? address) === address)
  );
}

function refusal(container: string, what: string): FairleadError {
  return new FairleadError("EngineRefused", `the gate ${container.slice(0, 12)}: ${what}`, {
    remedy: "look at its logs; a gate's image needs HAProxy, and `sh` and `nc` as BusyBox has them",
  });
}

/** The first words that are no table. */
function shown(output: string): string {
  const line = output.split("\n").find((text) => text.trim() !== "" && !/^[0-9a-f]{16}$/.test(text)) ?? "no answer";
  return line.replace(/[^ -~]/g, "?").slice(0, shownOfAnswer);
}
