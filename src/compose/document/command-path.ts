/** Under these a library has what a program of the settings tells, as if it were a file. */
const scheme = "command:";

export function commandPath(command: string, argument: string): string {
  return `${scheme}${JSON.stringify([command, argument])}`;
}

/** Undefined: it is the path of a file. */
export function commandOf(path: string): readonly [command: string, argument: string] | undefined {
  return path.startsWith(scheme) ? (JSON.parse(path.slice(scheme.length)) as [string, string]) : undefined;
}
