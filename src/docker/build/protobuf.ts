export interface Field {
  readonly number: number;
  /** Undefined where the field is a number. */
  readonly bytes: Buffer | undefined;
  readonly value: number;
}

/** The fields of one protocol buffers message, in order; ends where the bytes make no sense. */
export function* readFields(message: Buffer): Generator<Field> {
  for (let at = 0; at < message.length;) {
    const key = readVarint(message, at);
    const number = Math.floor(key.value / 8);
    at = key.end;
    switch (key.value % 8) {
      case 0: {
        const { value, end } = readVarint(message, at);
        yield { number, bytes: undefined, value };
        at = end;
        break;
      }
      case 1:
        at += 8;
        break;
      case 2: {
        const { value: length, end } = readVarint(message, at);
        yield { number, bytes: message.subarray(end, end + length), value: 0 };
        at = end + length;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        return;
    }
  }
}

/** Text in the field of this number; empty where there is none. */
export function textIn(message: Buffer, number: number): string {
  for (const field of readFields(message)) if (field.number === number) return field.bytes?.toString("utf8") ?? "";
  return "";
}

/** A field that holds text or a message. */
export function writeBytes(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([writeVarint(number * 8 + 2), writeVarint(bytes.length), bytes]);
}

export function writeNumber(number: number, value: number): Buffer {
  return Buffer.concat([writeVarint(number * 8), writeVarint(value)]);
}

function writeVarint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) return Buffer.from(bytes);
  }
}

/** Exact up to 2^53, which nothing that is read here exceeds. */
function readVarint(message: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let scale = 1;
  for (let at = start; at < message.length; at += 1) {
    const byte = message[at] ?? 0;
    value += (byte % 128) * scale;
    scale *= 128;
    if (byte < 128) return { value, end: at + 1 };
  }
  return { value, end: message.length };
}
