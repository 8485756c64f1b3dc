import { describe, expect, it } from "vitest";
import { faultOf } from "../../../../src/git/program/fault.js";

describe("what git says is one fault with a remedy", () => {
  it.each([
    ["Unauthorized", "fatal: could not read Username for 'https://x': terminal prompts disabled"],
    ["Unauthorized", "fatal: Authentication failed for 'https://x/'"],
    ["Unauthorized", "git@x: Permission denied (publickey).\nfatal: Could not read from remote repository."],
    ["Forbidden", "fatal: unable to access 'https://x/': The requested URL returned error: 403"],
    ["RepositoryNotFound", "remote: Not found.\nfatal: repository 'https://x/' not found"],
    ["RepositoryNotFound", "fatal: '/srv/x' does not appear to be a git repository"],
    ["RepositoryMoved", "fatal: unable to access 'http://x/': The requested URL returned error: 301"],
    ["Unreachable", "fatal: unable to access 'https://x/': Could not resolve host: x"],
    ["Unreachable", "fatal: unable to access 'https://x/': Failed to connect to x port 443"],
    ["Unreachable", "ssh: connect to host x port 22: Connection refused"],
    ["Unreachable", "fatal: unable to access 'https://x/': The requested URL returned error: 503"],
    [
      "Stalled",
      "error: RPC failed; curl 28 Operation too slow. Less than 1000 bytes/sec transferred the last 30 seconds",
    ],
    [
      "HostKeyUnknown",
      "No ED25519 host key is known for x and you have requested strict checking.\nHost key verification failed.",
    ],
    ["HostKeyChanged", "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed."],
    ["KeyUnusable", "@ WARNING: UNPROTECTED PRIVATE KEY FILE! @\ngit@x: Permission denied (publickey)."],
    ["CertificateInvalid", "fatal: unable to access 'https://x/': server certificate verification failed."],
    ["DiskFull", "fatal: write error: No space left on device\nfatal: index-pack failed"],
    ["Truncated", "fatal: early EOF\nfatal: fetch-pack: invalid index-pack output"],
    ["RefNotFound", "fatal: couldn't find remote ref refs/heads/x"],
    ["ObjectRefused", "fatal: remote error: Server does not allow request for unadvertised object 3302c5a"],
    ["FetchFailed", "fatal: something else"],
  ])("%s: %s", (reason, said) => {
    expect(faultOf(said)).toMatchObject({ reason, code: "SourceUnavailable" });
  });

  it.each([
    [
      "ssh: connect to host x port 22: Connection refused\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.",
      "the server cannot be reached: connect to host x port 22: Connection refused",
    ],
    [
      "error: unable to read askpass response from '/bin/false'\nfatal: could not read Username for 'https://x': terminal prompts disabled",
      "the forge refuses the login (401): could not read Username for 'https://x': terminal prompts disabled",
    ],
  ])("by what went wrong, and not by what git says besides: %s", (said, message) => {
    expect(faultOf(said).message).toBe(message);
  });

  it("without a login, and as one line", () => {
    const { message } = faultOf("fatal: unable to access 'https://user:s3cr3t@x/a?token=t0p': odd\u001b[31m\n");
    expect(message).not.toMatch(/s3cr3t|t0p|\u001b/);
    expect(message).toContain("https://x/a");
  });
});
