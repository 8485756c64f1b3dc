import { describe, expect, it } from "vitest";

import type { Mount } from "../../../src/spec/service.js";
import { complaints, readService, serviceOf } from "./read.js";

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
    ["{type: bind, source: a, target: /x}", "bind /srv/shop/a /x rw"],
    ["{type: bind, source: ~/a, target: /x, bind: {}}", "bind /root/a /x rw"],
    ["{type: bind, source: /a, target: /x, bind: {create_host_path: false}}", "bind /a /x rw"],
    ["{type: bind, source: /a, target: /x, bind: {create_host_path: true}, read_only: true}", "bind /a /x ro create"],
    ["{type: volume, target: /x}", "volume - /x rw"],
    ["{type: volume, source: data, target: /x, read_only: 'true'}", "volume shop_data /x ro"],
    ["{type: tmpfs, target: /x}", "tmpfs - /x rw"],
  ])("%s", (written, expected) => {
    expect(serviceOf(read(written)).container.mounts.map(show)).toEqual([expected]);
  });

  it.each([
    ["data", "is not an absolute path"],
    ["a/b:/x", "names no volume"],
    ["nope:/x", "names none of the declared volumes"],
    ["./a:/x:z", "mode is not supported yet"],
    ['"./a:/x:"', "mode is not supported yet"],
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
    ["{type: tmpfs, target: /x, bind: {}}", "`bind` belongs to mounts of type bind only"],
    ["{type: npipe, target: /x}", "is not one of bind, volume, tmpfs"],
    ["{type: volume, target: x}", "is not an absolute path"],
    ["data:/x, ./a:/x/", "another mount of this service has the same target"],
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

function show({ type, source, target, readOnly, createHostPath }: Mount): string {
  return [type, source ?? "-", target, readOnly ? "ro" : "rw", ...(createHostPath ? ["create"] : [])].join(" ");
}
