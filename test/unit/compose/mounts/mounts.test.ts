import { describe, expect, it } from "vitest";
import type { Mount } from "../../../../src/compose/model/mount.js";
import { complaints, readService, serviceOf } from "../read.js";

const declared = "volumes: {data: , other: {name: mine}, out: {external: true}}";
const read = (mount: string, environment: Record<string, string> = { HOME: "/root" }) =>
  readService(`volumes: [${mount}]`, environment, declared);

describe("mounts", () => {
  it.each([
    ["/data", "volume - /data rw"],
    ["data:/data", "volume shop_data /data rw"],
    ["other:/data:ro", "volume mine /data ro"],
    ["out:/data:rw", "volume out /data rw"],
    [".:/here", "bind /srv/shop /here rw create"],
    ["./a/../b:/b/./c/", "bind /srv/shop/b /b/c rw create"],
    ["..:/up:ro", "bind /srv /up ro create"],
    ["/abs/:/x", "bind /abs /x rw create"],
    ["~:/x", "bind /root /x rw create"],
    ["~/a:/x", "bind /root/a /x rw create"],
    ["{type: bind, source: a, target: /x}", "bind /srv/shop/a /x rw create"],
    ["{type: bind, source: ~/a, target: /x, bind: {}}", "bind /root/a /x rw create"],
    ["{type: bind, source: /a, target: /x, bind: {create_host_path: false}}", "bind /a /x rw"],
    ["{type: bind, source: /a, target: /x, bind: {create_host_path: true}, read_only: true}", "bind /a /x ro create"],
    ["{type: volume, target: /x}", "volume - /x rw"],
    ["{type: volume, source: data, target: /x, read_only: 'true'}", "volume shop_data /x ro"],
    ["{type: tmpfs, target: /x}", "tmpfs - /x rw"],
    ["./a:/x:z", 'bind /srv/shop/a /x rw create {"selinux":"z"}'],
    ["'./a:/x:ro,Z,rslave'", 'bind /srv/shop/a /x ro create {"propagation":"rslave","selinux":"Z"}'],
    ["./a:/x:cached", "bind /srv/shop/a /x rw create"],
    ["{type: volume, source: data, target: /x, bind: {selinux: z}}", 'volume shop_data /x rw {"selinux":"z"}'],
    ["'data:/x:nocopy,z'", 'volume shop_data /x rw {"selinux":"z"} {"nocopy":true}'],
    ["{type: bind, source: /a, target: /x, bind: {selinux: Z}}", 'bind /a /x rw create {"selinux":"Z"}'],
    [
      "{type: bind, source: /a, target: /x, bind: {propagation: shared, recursive: disabled}}",
      'bind /a /x rw create {"propagation":"shared","recursive":"disabled"}',
    ],
    [
      "{type: volume, source: data, target: /x, volume: {nocopy: true, subpath: a/b..c}}",
      'volume shop_data /x rw {"nocopy":true,"subpath":"a/b..c"}',
    ],
    ["{type: tmpfs, target: /x, tmpfs: {size: 1m, mode: 01777}}", 'tmpfs - /x rw {"sizeBytes":1048576,"mode":1023}'],
    ["{type: tmpfs, target: /x, tmpfs: {size: 512, mode: '0755'}}", 'tmpfs - /x rw {"sizeBytes":512,"mode":493}'],
    ["{type: tmpfs, target: /x, tmpfs: {mode: 755}}", 'tmpfs - /x rw {"mode":493}'],
    ["{type: tmpfs, target: /x, tmpfs: {mode: 0o755}}", 'tmpfs - /x rw {"mode":493}'],
    ["{type: tmpfs, target: /x, tmpfs: {}}", "tmpfs - /x rw"],
  ])("%s", (written, expected) => {
    expect(serviceOf(read(written)).container.mounts.map(show)).toEqual([expected]);
  });

  it.each([
    ["data", "is not an absolute path"],
    ["a/b:/x", "names no volume"],
    ["nope:/x", "names none of the declared volumes"],
    ["./a:/x:rom", "ends in an unknown mode"],
    ['"./a:/x:"', "ends in an unknown mode"],
    ["./a:/x:nocopy", "`nocopy` belongs to volumes only"],
    ["data:/x:rslave", "a propagation belongs to host paths only"],
    ["{type: bind, source: /a, target: /x, bind: {propagation: slaves}}", "is not one of private, rprivate, shared"],
    ["{type: bind, source: /a, target: /x, bind: {recursive: no}}", "is not one of enabled, disabled"],
    [
      "{type: volume, source: data, target: /x, bind: {selinux: z, create_host_path: true}}",
      "mounts of type bind only",
    ],
    ["{type: bind, source: /a, target: /x, bind: {selinux: y}}", "is not one of z, Z"],
    ["{type: bind, source: /a, target: /x, bind: {selinux: z, create_host_path: false}}", "cannot stand beside"],
    ["{type: bind, source: /a, target: /x, bind: {selinux: z, recursive: disabled}}", "cannot stand beside"],
    ["{type: volume, source: data, target: /x, volume: {subpath: /a}}", "is not a path within the volume"],
    ["{type: volume, source: data, target: /x, volume: {subpath: a/../b}}", "is not a path within the volume"],
    ["{type: volume, target: /x, volume: {subpath: a}}", "`source` is missing"],
    ["{type: tmpfs, target: /x, tmpfs: {size: 1q}}", "is not a size"],
    ["{type: tmpfs, target: /x, tmpfs: {mode: 888}}", "is not a file mode"],
    ["{type: tmpfs, target: /x, tmpfs: {mode: 10000}}", "is not a file mode"],
    ["{type: tmpfs, target: /x, volume: {nocopy: true}}", "belongs to mounts of type volume only"],
    ["{type: bind, source: /a, target: /x, tmpfs: {}}", "belongs to mounts of type tmpfs only"],
    ["{type: image, source: nginx, target: /x}", 'mounts of type "image" are not supported'],
    ["{type: toString, target: /x}", "is not one of bind, volume, tmpfs"],
    ["a:b:c:d", "is not a mount"],
    ['":/x"', "is not a mount"],
    ['""', "is not an absolute path"],
    ["./a:x", "is not an absolute path"],
    ["./a:/x/..", "at the container's root"],
    ["~me/a:/x", "only `~/` is understood"],
    ["{target: /x}", "`type` is missing"],
    ["{type: volume}", "`target` is missing"],
    ["{type: bind, target: /x}", "`source` is missing"],
    ["{type: bind, target: /x, source: ''}", "must not be empty"],
    ["{type: tmpfs, target: /x, source: a}", "a tmpfs mount has no source"],
    ["{type: volume, target: /x, source: a/b}", "names no volume"],
    ["{type: tmpfs, target: /x, bind: {}}", "belongs to mounts of type bind only"],
    ["{type: npipe, target: /x}", 'mounts of type "npipe" are not supported'],
    ["{type: volume, target: x}", "is not an absolute path"],
  ])("%s is refused", (written, complaint) => {
    expect(complaints(read(written))).toEqual([expect.stringContaining(complaint)]);
  });

  it.each<Record<string, string>>([{}, { HOME: "" }])("`~` is refused with the environment %j", (environment) => {
    expect(complaints(read("~/a:/x", environment))).toEqual(["`~` needs the variable HOME"]);
  });

  it("list each declared volume once", () => {
    const { volumes } = serviceOf(read("data:/a, out:/b, data:/c, /d, ./e:/e"));
    expect(volumes.map(({ key, name, external }) => [key, name, external])).toEqual([
      ["data", "shop_data", false],
      ["out", "out", true],
    ]);
  });
});

function show({ type, source, target, readOnly, createHostPath, bind, volume, tmpfs }: Mount): string {
  const options = [bind, volume, tmpfs].filter((group) => group !== undefined).map((group) => JSON.stringify(group));
  const words = [type, source ?? "-", target, readOnly ? "ro" : "rw", ...(createHostPath ? ["create"] : [])];
  return [...words, ...options].join(" ");
}
