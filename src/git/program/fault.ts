import { asFairleadError, FairleadError } from "../../errors.js";
import { withoutUrlSecrets } from "../../tools/mask.js";
import { printable } from "../../tools/printable.js";

/** One CamelCase word a machine can match. */
export type FaultReason =
  | "GitMissing"
  | "Unauthorized"
  | "Forbidden"
  | "RepositoryNotFound"
  | "RepositoryMoved"
  | "Unreachable"
  | "Stalled"
  | "HostKeyUnknown"
  | "HostKeyChanged"
  | "KeyUnusable"
  | "CertificateInvalid"
  | "RefNotFound"
  | "DiskFull"
  | "ObjectRefused"
  | "Truncated"
  | "NotSigned"
  | "PushRefused"
  | "BranchMoving"
  | "RefIsNoBranch"
  | "FetchFailed";

/** What became of a question to a repository that was not answered. */
export class GitFault extends FairleadError {
  constructor(
    readonly reason: FaultReason,
    message: string,
    remedy?: string,
    cause?: unknown,
  ) {
    super("SourceUnavailable", message, { ...(remedy === undefined ? {} : { remedy }), cause });
  }
}

interface Known {
  readonly pattern: RegExp;
  readonly reason: FaultReason;
  readonly message: string;
  readonly remedy?: string;
}

const visible = "a forge answers so too where this login may not see the repository";

/** In the words of git, curl and OpenSSH in the C locale; the first that fits counts. */
const known: readonly Known[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|host key for .* has changed/i,
    reason: "HostKeyChanged",
    message: "the server's host key is not the one in the known hosts",
    remedy: "find out why; if the server has a new key, put it into knownHostsFile",
  },
  {
    pattern: /Host key verification failed|No .* host key is known/,
    reason: "HostKeyUnknown",
    message: "the server's host key is not among the known hosts",
    remedy: "put the line that `ssh-keyscan` prints, once it is checked, into knownHostsFile",
  },
  {
    pattern: /UNPROTECTED PRIVATE KEY|bad permissions|error in libcrypto|invalid format|no such identity|Load key /i,
    reason: "KeyUnusable",
    message: "ssh cannot use the key",
    remedy: "sshKeyFile must be a private key without a passphrase that only this user may read (chmod 600)",
  },
  {
    pattern: /Permission denied \(|Permission denied, please try again/,
    reason: "Unauthorized",
    message: "the server refuses the ssh key",
    remedy: "give the key of sshKeyFile the right to read this repository",
  },
  {
    pattern: /could not read (?:Username|Password)|Authentication failed|returned error: 401/,
    reason: "Unauthorized",
    message: "the forge refuses the login (401)",
    remedy: "write `auth`; where there is one, check auth.username and what tokenFile holds: tokens expire",
  },
  {
    pattern: /returned error: 403|(?:^|\s)403 Forbidden/,
    reason: "Forbidden",
    message: "the forge refuses this login the repository (403)",
    remedy: "give the token the right to read this repository's code",
  },
  {
    pattern: /returned error: 404|repository '.*' not found|Repository not found|Could not find repository/i,
    reason: "RepositoryNotFound",
    message: "there is no such repository (404)",
    remedy: `check the URL; ${visible}`,
  },
  {
    pattern: /invalid gitfile format/,
    reason: "RepositoryNotFound",
    message: "this is a file, and no repository",
    remedy: "name the folder of the repository, and the services file in it by `path` (--git-path)",
  },
  {
    pattern: /'\/.*' (?:does not appear to be a git repository|does not exist)/,
    reason: "RepositoryNotFound",
    message: "there is no repository at this path",
    remedy: "name the folder of a repository of this host, as this user sees it (in a container: mount it)",
  },
  {
    pattern: /does not appear to be a git repository|'.*' does not exist|not a git repository/,
    reason: "RepositoryNotFound",
    message: "there is no repository at this address",
    remedy: `check the URL; ${visible}`,
  },
  {
    pattern: /returned error: 3\d\d/,
    reason: "RepositoryMoved",
    message: "the forge sends us to another address, and a login is not taken there",
    remedy: "write the URL that a browser ends at; often it only lacks `.git`",
  },
  {
    pattern: /certificate|SSL connection|gnutls_handshake|SSL_connect/i,
    reason: "CertificateInvalid",
    message: "the server's certificate is not to be trusted",
    remedy: "name the file of your own authority's certificate as caFile",
  },
  {
    pattern: /Operation too slow|transfer rate|Timeout, server|Connection to .* timed out/,
    reason: "Stalled",
    message: "the server has stopped sending",
    remedy: "it is tried again",
  },
  {
    pattern:
      /Could not resolve host|Failed to connect|Couldn't connect|Connection (?:refused|timed out|reset|closed)|No route to host|Network is unreachable|Name or service not known|Temporary failure in name resolution/,
    reason: "Unreachable",
    message: "the server cannot be reached",
    remedy: "it is tried again",
  },
  {
    pattern: /returned error: (?:5\d\d|429)/,
    reason: "Unreachable",
    message: "the server cannot answer now",
    remedy: "it is tried again",
  },
  {
    pattern: /No space left on device|Disk quota exceeded|File too large/,
    reason: "DiskFull",
    message: "there is no room left on the disk of the data directory",
    remedy: "make room; what is in force stays",
  },
  {
    // Git itself does not say why.
    pattern: /unable to (?:write|create) file/,
    reason: "DiskFull",
    message: "the data directory has no room left, or cannot be written",
    remedy: "make room, and see that Fairlead may write there; what is in force stays",
  },
  {
    pattern: /couldn't find remote ref|no such remote ref|not our ref/i,
    reason: "RefNotFound",
    message: "the branch or tag is gone",
    remedy: "it may have moved meanwhile: it is looked for again",
  },
  {
    pattern: /does not allow request for unadvertised object/,
    reason: "ObjectRefused",
    message: "the server hands out no object by its id",
    remedy: "on the server, let sshd accept `GIT_PROTOCOL` (AcceptEnv), or set uploadpack.allowAnySHA1InWant",
  },
  {
    pattern:
      /early EOF|index-pack|unpack|pack .*(?:corrupt|damaged)|inflate|unexpected disconnect|RPC failed|transfer closed|hung up unexpectedly|bad band|protocol error/i,
    reason: "Truncated",
    message: "the answer broke off or was damaged",
    remedy: "it is tried again",
  },
];

/** What git, curl and ssh said, as one fault with its own last words. */
export function faultOf(stderr: string): GitFault {
  const said = wordsOf(stderr);
  const found = known.find(({ pattern }) => pattern.test(stderr));
  if (found === undefined) return new GitFault("FetchFailed", said === "" ? "git failed" : said);
  return new GitFault(found.reason, said === "" ? found.message : `${found.message}: ${said}`, found.remedy);
}

/** Why git itself could not run, or was ended. */
export function stalled(seconds: number): GitFault {
  return new GitFault("Stalled", `the server has not answered within ${seconds} s`, "it is tried again");
}

export function gitMissing(cause: unknown): GitFault {
  const remedy = "install git (and an ssh client for ssh) where Fairlead runs: in its image, or on the host";
  return new GitFault("GitMissing", "git is not installed here", remedy, cause);
}

/** What git says besides, whatever has gone wrong. */
const advice =
  /the remote end hung up|Could not read from remote|Please make sure you have|and the repository exists|askpass/;

/** The line that says most; what others wrote is masked, and short. */
function wordsOf(stderr: string): string {
  const lines = withoutUrlSecrets(stderr)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(?:@+|warning:|hint:)/i.test(line));
  const own = lines.filter((line) => !advice.test(line));
  const telling = own.filter((line) => /^(?:fatal|error|remote|ERROR|ssh):/.test(line));
  return printable((telling[0] ?? own.at(-1) ?? "").replace(/^(?:fatal|error|remote|ERROR|ssh):\s*/, ""), 200);
}

/** Anything thrown; what the disk says is told as such. */
export function asGitFault(thrown: unknown): GitFault {
  if (thrown instanceof GitFault) return thrown;
  const { message, remedy } = asFairleadError(thrown);
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT") return faultOf(`fatal: No space left on device: ${message}`);
  return new GitFault("FetchFailed", message, remedy, thrown);
}
