import { describe, expect, it } from "vitest";
import { GitFault } from "../../../../src/git/program/fault.js";
import { pushedOf } from "../../../../src/git/program/push.js";

function outcome(why: string, said = "", code = 1): string {
  const output = Buffer.from(
    why === "" ? "" : `To https://forge.example/a.git\n!\t1a2b:refs/heads/main\t${why}\nDone\n`,
  );
  try {
    return pushedOf({ code, output, said });
  } catch (thrown) {
    if (!(thrown instanceof GitFault)) throw thrown;
    return `${thrown.reason}: ${thrown.message}`;
  }
}

describe("a push", () => {
  it.each([
    ["[rejected] (fetch first)", "moved"],
    ["[rejected] (non-fast-forward)", "moved"],
    ["[remote rejected] (cannot lock ref 'refs/heads/main': is at 1 but expected 2)", "moved"],
    ["[remote rejected] (failed to update ref)", "moved"],
    ["[remote rejected] (reference already exists)", "moved"],
    ["[remote rejected] (shallow update not allowed)", "moved"],
    [
      "[remote rejected] (protected branch hook declined)",
      "PushRefused: the push is refused: protected branch hook declined",
    ],
    ["[remote rejected] (unpacker error)", "Truncated: the push broke off: unpacker error"],
  ])("%s", (why, expected) => {
    expect(outcome(why)).toBe(expected);
  });

  it("that has arrived has", () => {
    expect(outcome("", "", 0)).toBe("pushed");
  });

  it("is refused with the words of the other side, and no login in them", () => {
    const said =
      "remote: GitLab: You are not allowed to push \nremote: see https://u:hunter2@forge.example/help\nTo x\n";
    expect(outcome("[remote rejected] (pre-receive hook declined)", said)).toBe(
      "PushRefused: the push is refused: pre-receive hook declined: GitLab: You are not allowed to push see https://forge.example/help",
    );
  });

  it.each([
    ["fatal: unable to access 'https://f/a.git/': The requested URL returned error: 403", /^Forbidden: /],
    [
      "ERROR: The key you are authenticating with has been marked as read only.\nfatal: Could not read",
      /^PushRefused: .*read only/,
    ],
    ["ERROR: Permission to acme/fleet.git denied to deploy key", /^PushRefused: /],
    ["fatal: detected dubious ownership in repository at '/srv/a.git'", /^PushRefused: .*another user/],
    ["fatal: unable to access 'https://f/': Failed to connect to f port 443", /^Unreachable: /],
  ])("that comes to nothing by %j", (said, expected) => {
    expect(outcome("", said, 128)).toMatch(expected);
  });
});
