export type TarEntry =
  | { readonly path: string; readonly content: Buffer | string; readonly executable?: boolean }
  | { readonly path: string; readonly linkTo: string };

/** A ustar archive, the same bytes for the same entries: owner root, time 0. Paths are shorter than 100 bytes. */
export function packTar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = "content" in entry ? Buffer.from(entry.content) : Buffer.alloc(0);
    return [header(entry, content.length), content, Buffer.alloc(-content.length & 511)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, "0")}\0`;
  const mode = "linkTo" in entry ? 0o777 : entry.executable === true ? 0o755 : 0o644;
  block.write(entry.path, 0, 100);
  block.write(octal(mode, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(0, 12), 100);
  block.write("linkTo" in entry ? "2" : "0", 156);
  if ("linkTo" in entry) block.write(entry.linkTo, 157, 100);
  block.write("ustar\x0000", 257);
  // The checksum is taken with its own field full of spaces.
  block.fill(" ", 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)} `, 148);
  return block;
}
