/** `KEY=value`, as the engine takes it; a key alone unsets what the image or the container sets. */
export function environmentEntries(environment: Readonly<Record<string, string | null>>): readonly string[] {
  return Object.entries(environment).map(([key, value]) => (value === null ? key : `${key}=${value}`));
}
