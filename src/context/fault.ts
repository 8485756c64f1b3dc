import { FairleadError } from "../errors.js";
import { NoPlainFile } from "../tools/files/plain-file.js";

export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** What the file system says of a context, fit for a message. */
export function contextFault(root: string, cause: unknown): FairleadError {
  if (cause instanceof FairleadError) return cause;
  const { code, path } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : {};
  const what =
    code === "ENOENT"
      ? "does not exist"
      : code === "EACCES"
        ? "may not be read"
        : cause instanceof NoPlainFile
          ? `is ${cause.kind}, not a regular file`
          : `cannot be read (${code ?? "unknown"})`;
  return new FairleadError("BuildFailed", `the build's context cannot be sent: ${path ?? root} ${what}`, {
    remedy: "Fairlead itself must see the folder; in a container, mount it under the same path",
    cause,
  });
}
