import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { commandTree } from "../../../src/cli/commands.js";
import { program } from "../../../src/cli/program.js";
import type { Wiring } from "../../../src/cli/shared/wiring.js";
import { readAdmin } from "../../../src/config/admin.js";
import { readConfig, type Flags } from "../../../src/config/config.js";

/** The command line of a host where nothing may be asked, loaded or begun. */
async function type(...words: readonly string[]) {
  const said: string[] = [];
  const begun: string[] = [];
  const never = (what: string) => () => {
    begun.push(what);
    return Promise.reject(new Error(`${what} is begun`));
  };
  const wiring = {
    version: "1.2.3",
    configure: (flags: Flags) => Promise.resolve(readConfig(flags, {})),
    locate: (flags: Flags) => readAdmin(flags, {}, []),
    ...{ load: never("load"), resolve: never("resolve"), start: never("start"), draft: never("draft") },
    preview: never("preview"),
    pour: async (texts: AsyncIterable<string>) => {
      for await (const text of texts) said.push(text);
      return true;
    },
    print: (text: string) => said.push(text),
    complain: (text: string) => said.push(text),
  } as unknown as Wiring;
  return { code: await program(wiring, ["node", "fairlead", ...words]), said: said.join("\n"), begun };
}

const tree = commandTree({ version: "0" } as Wiring, { code: 0 });
/** What a verb wants beside the flag that is looked at. */
const wanted = (command: Command) =>
  command.registeredArguments.filter(({ required }) => required).map((argument) => argument.name());

describe("an empty value", () => {
  const flags = tree.commands.flatMap((command) =>
    command.options
      .filter((option) => option.required)
      .map(({ long }) => [command.name(), long ?? "", command] as const),
  );

  it.each(flags)("of %s %s is refused by the flag's name, before anything is begun", async (verb, flag, command) => {
    const { code, said, begun } = await type(verb, ...wanted(command), flag, "");
    expect([code, begun]).toEqual([1, []]);
    expect(said).toMatch(new RegExp(`^fairlead: ${flag}: it is empty\\n {2}write ${flag} <.+>, or leave it out$`));
    expect((await type(verb, ...wanted(command), flag, " \t")).said).toBe(said);
  });

  it.each(
    tree.commands
      .filter((command) => !command.name().startsWith("_"))
      .flatMap((command) => command.registeredArguments.map((one) => [command.name(), one.name(), command] as const)),
  )("of the argument of %s, %s, is refused", async (verb, name, command) => {
    const first: Readonly<Record<string, string>> = {
      ...{ "sync file": "project", "hook receiver": "url", "notify name": "test" },
      ...{ "journal service": "show" },
    };
    const before = [first[`${verb} ${name}`] ?? []].flat();
    const names = wanted(command);
    const after = names.slice(names.indexOf(name) + 1).filter(() => names.includes(name));
    const { code, said, begun } = await type(verb, ...before, "", ...after);
    expect([code, begun]).toEqual([1, []]);
    expect(said).toMatch(new RegExp(`^fairlead: ${name}: it is empty\\n {2}write a name`));
  });

  it("among several names is refused, and several names are several", async () => {
    expect((await type("logs", "a", "", "b")).said).toContain("service: it is empty");
    expect((await type("config", "a", "b")).begun).toEqual(["resolve"]);
  });
});

describe("a value that means nothing", () => {
  it.each([
    ["wait web --timeout soon", "--timeout", /"soon" is not a duration/],
    ["wait web --timeout 10", "--timeout", /is not a duration\n {2}add a unit: `10s`/],
    ["stop web --for 2days", "--for", /is not a duration/],
    ["logs --since yesterday", "--since", /is not a time/],
    ["logs --since 2026-13-01T00:00:00Z", "--since", /is not a time/],
    ["events --since 2026-02-31T00:00:00Z", "--since", /is not a time/],
    ["events --since 2026-02-29", "--since", /is not a time/],
    ["logs --tail some", "--tail", /is not a number of lines/],
    ["logs -n -5", "--tail", /is not a number of lines/],
    ["events --since 10", "--since", /is not a time\n.* 10m for as long ago/],
    ["rollback web --to latest", "--to", /neither a revision's number nor/],
    ["approve web --digest v2", "--digest", /is not a digest/],
    ["config --format yml", "--format", /is none of yaml, json \(did you mean yaml\?\)/],
    ["init --all --name Shop", "--name", /is not a project name/],
    ["status --admin ftp://x", "--admin", /is not the address of a controller/],
    ["plan --admin http://", "--admin", /is not the address of a controller/],
    ["run --hooks-listen 8420", "--hooks-listen", /is not an address to listen on/],
    ["run --admin-listen 127.0.0.1", "--admin-listen", /is not an address to listen on/],
    ["run --resync daily", "--resync", /is not a cron expression/],
    ["run --log-level all", "--log-level", /is not a log level/],
    ["run --lease a/b", "--lease", /cannot be the name of a lease/],
    ["run --gate-image A:B:C", "--gate-image", /is not an image/],
    ["run --data /proc/x", "--data", /is on no disk/],
    ["run --hook-secret-file /none", "--hook-secret-file", /there is no file \/none/],
    ["run --admin-token-file /", "--admin-token-file", /is a directory/],
    ["validate --config /none", "--config", /there is no file \/none/],
    ["validate --git not-a-url --git-ref a..b", "--git", /is not a URL/],
  ])("%s: the flag is named, with a remedy, before anything is begun", async (line, flag, words) => {
    const { code, said, begun } = await type(...line.split(" "));
    expect([code, begun]).toEqual([1, []]);
    expect(said.startsWith(`fairlead: ${flag}: `), said).toBe(true);
    expect(said).toMatch(words);
    expect(said.split("\n")).toHaveLength(2);
  });

  it.each([
    ["wait", ["web", "--timeout", "0"]],
    ["stop", ["web", "--for", "2h30m"]],
    ["logs", ["--since", "2026-01-31T12:00:00Z", "--tail", "all"]],
    ["logs", ["--since", "10m", "--tail", "0"]],
    ["rollback", ["web", "--to", "12"]],
    ["rollback", ["web", "--to", "sha256:0123456789ab"]],
    ["approve", ["web", "--digest", "0123"]],
  ])("is none of those that mean something: %s %j goes on to the controller", async (verb, words) => {
    const { said } = await type(verb, ...words, "--admin", "127.0.0.1:1");
    expect(said).toMatch(/^fairlead: no controller answers at/);
  });
});

describe("help", () => {
  it.each([["help"], ["help", "run"], ["run", "--help"], ["--help"], ["help", "help"]])(
    "that is asked for is no error: %s %s",
    async (...words) => {
      const before = process.exitCode;
      // As the program begins.
      process.exitCode = 1;
      try {
        const { code, said } = await type(...words);
        expect([code, said]).toEqual([0, expect.stringContaining("Usage: fairlead")]);
      } finally {
        process.exitCode = before;
      }
    },
  );

  it("for a verb that there is not names the nearest", async () => {
    expect(await type("help", "valdate")).toMatchObject({
      code: 1,
      said: 'fairlead: no verb is called "valdate"\n  did you mean validate?',
    });
    expect((await type("help", "nothing")).said).toContain("`fairlead help` lists all verbs");
    expect((await type()).code).toBe(1);
  });
});

describe("flags that exclude each other", () => {
  it.each<readonly [string, string, string]>([
    ["sync shop --ours --theirs", "--ours", "--theirs"],
    ...["--services", "--images", "--networks", "--volumes", "--quiet", "--format json"].flatMap((one, index, all) =>
      all.slice(index + 1).map((other) => [`config ${one} ${other}`, one.slice(0, 8), other.slice(0, 8)] as const),
    ),
    ["logs --build --failed web", "--build", "--failed"],
    ["logs --failed --follow web", "--failed", "--follow"],
    ...["--tail 1", "--since 1m", "--timestamps", "--no-prefix"].flatMap((other) => [
      [`logs web --build ${other}`, "--build", other.split(" ")[0]!] as const,
      [`logs web --failed ${other}`, "--failed", other.split(" ")[0]!] as const,
    ]),
    ["init --all --project shop", "--all", "--project"],
    ["init --all --container web", "--all", "--container"],
  ])("%s: both are named, and nothing is begun", async (line, one, other) => {
    const { code, said, begun } = await type(...line.split(" "));
    expect([code, begun]).toEqual([1, []]);
    expect(said).toContain("cannot be used with");
    expect(said).toContain(one);
    expect(said).toContain(other);
  });

  it("an argument too: everything, and one by its name", async () => {
    const { code, said } = await type("adopt", "shop", "--all", "--admin", "127.0.0.1:1");
    expect(code).toBe(1);
    expect(said).toMatch(/^fairlead: --all: everything cannot be taken over beside "shop" alone\n {2}name a project/);
  });

  it.each(["logs --build", "logs --build a b"])("%s: a build is one service's, and nobody is asked", async (line) => {
    expect((await type(...line.split(" "), "--admin", "127.0.0.1:1")).said).toMatch(/^fairlead: --build: /);
  });
});
