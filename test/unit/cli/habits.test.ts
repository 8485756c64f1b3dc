import { describe, expect, it } from "vitest";
import { habitWords, refuseHabit, translated } from "../../../src/cli/habits.js";
import { readCommands } from "../../docs/cli-page.js";

const toldFor = (...words: readonly string[]) => {
  try {
    refuseHabit(words);
    return undefined;
  } catch (thrown) {
    return (thrown as { readonly remedy?: string }).remedy;
  }
};

describe("words of other tools", () => {
  it.each([
    [["ps"], "fairlead status SERVICE"],
    [["rollout", "restart", "deployment/web"], "fairlead stop web, then fairlead start web"],
    [["up", "-d", "web"], "fairlead apply web"],
    [["down"], "fairlead stop SERVICE"],
    [["top", "web"], "docker stats"],
    [["pull", "web"], "fairlead reconcile web"],
    [["describe", "web"], "fairlead explain web"],
    [["rollout"], "fairlead wait"],
    [["exec", "-it", "web", "sh"], "fairlead status web"],
  ])("%j: what to type instead", (words, remedy) => {
    expect(toldFor(...words)).toContain(remedy);
  });

  it.each([
    [
      ["rollout", "status", "deployment/web", "--watch"],
      ["wait", "web"],
    ],
    [
      ["rollout", "status", "web", "--timeout=90s"],
      ["wait", "web", "--timeout", "90s"],
    ],
    [
      ["rollout", "undo", "deploy/web", "--to-revision=3"],
      ["rollback", "web", "--to", "3"],
    ],
    [
      ["rollout", "history", "shop/web", "--revision", "2"],
      ["history", "shop/web", "--revision", "2"],
    ],
    [
      ["rollout", "pause", "web"],
      ["pause", "web"],
    ],
    [["rollout", "restart", "web"], undefined],
    [["rollout", "constructor"], undefined],
    [["status"], undefined],
  ])("%j is what %j is here", (words, meant) => {
    expect(translated(words)).toEqual(meant);
  });

  it("leave every verb alone, and are told only of what exists", () => {
    const verbs = readCommands().commands.map((command) => command.name());
    for (const verb of [...verbs, "--help", "help", "constructor"]) expect(toldFor(verb)).toBeUndefined();
    for (const habit of habitWords()) {
      const named = [...(toldFor(...habit.split(" ")) ?? "").matchAll(/fairlead (\w+)/g)].map(([, name]) => name);
      expect(named.filter((name) => !verbs.includes(String(name)))).toEqual([]);
    }
  });
});
