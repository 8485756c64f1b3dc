import { groupOf } from "../../tools/present.js";
import { matching } from "../document/lists.js";
import { items, read, readAll, report, type Node } from "../document/node.js";
import { byteSize, integer } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { blkioKeys, blkioRateKeys, blkioWeightKeys } from "../keys/option-keys.js";
import type { BlockIo, DeviceRate } from "../model/container/options.js";

export function blockIo(node: Node): BlockIo | null {
  const field = fields(node, blkioKeys);
  const group = groupOf({
    weight: read(field("weight"), weight),
    weightDevice: read(field("weight_device"), (at) => readAll(items(at), weightDevice)),
    readBps: read(field("device_read_bps"), (at) => rates(at, byteSize)),
    writeBps: read(field("device_write_bps"), (at) => rates(at, byteSize)),
    readIops: read(field("device_read_iops"), (at) => rates(at, operations)),
    writeIops: read(field("device_write_iops"), (at) => rates(at, operations)),
  });
  return group ?? null;
}

function rates(node: Node, decode: (node: Node) => number | null): readonly DeviceRate[] {
  return readAll(items(node), (item) => {
    const field = fields(item, blkioRateKeys);
    const path = devicePath(item, field("path"));
    const rate = read(field("rate"), decode);
    if (field("rate") === undefined) report(item, "`rate` is missing");
    return path === undefined || rate === undefined ? null : { path, rate };
  });
}

function weightDevice(item: Node): { readonly path: string; readonly weight: number } | null {
  const field = fields(item, blkioWeightKeys);
  const path = devicePath(item, field("path"));
  const found = read(field("weight"), weight);
  if (field("weight") === undefined) report(item, "`weight` is missing", "it is a number from 10 to 1000");
  return path === undefined || found === undefined ? null : { path, weight: found };
}

function devicePath(item: Node, path: Node | undefined): string | undefined {
  if (path === undefined) report(item, "`path` is missing", "it is a device of the host, such as `/dev/sda`");
  return read(path, (at) => matching(at, /^\//, "an absolute path"));
}

function weight(node: Node): number | null {
  return integer(node, 10, 1000);
}

function operations(node: Node): number | null {
  return integer(node, 0, Number.MAX_SAFE_INTEGER);
}
