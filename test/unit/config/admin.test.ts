import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readAdmin } from "../../../src/config/admin.js";
import { readConfig } from "../../../src/config/config.js";
import { ownDirectory } from "../control/journal/stage.js";

async function fileOf(text: string): Promise<string> {
  const path = join(await ownDirectory(), "fairlead.yaml");
  await writeFile(path, text);
  return path;
}

const shown = async (...given: Parameters<typeof readAdmin>) => {
  const { adminListen, adminToken } = await readAdmin(...given);
  return { adminListen, token: adminToken?.reveal() };
};

describe("where a running controller is", () => {
  it("is what the flags, the environment, the file and the defaults say, in this order, as for the controller itself", async () => {
    const config = await fileOf("adminListen: 127.0.0.1:9001\nadminToken: of-the-file\n");
    const tokenFile = await fileOf("of-the-flag\n");
    const environment = { FAIRLEAD_ADMIN_LISTEN: ":9002", FAIRLEAD_ADMIN_TOKEN: "of-the-environment" };
    const cases: readonly (readonly [object, Readonly<Record<string, string>>])[] = [
      [{}, {}],
      [{ config }, {}],
      [{}, { FAIRLEAD_CONFIG: config }],
      [{ config }, environment],
      [{ config, adminTokenFile: tokenFile }, environment],
    ];
    for (const [flags, variables] of cases) {
      const { adminListen, adminToken } = readConfig(flags, variables, { unread: ["hookSecrets"] });
      expect(await shown(flags, variables, [])).toEqual({ adminListen, token: adminToken?.reveal() });
    }
    expect(await shown({}, {}, ["none.yaml", config])).toEqual({ adminListen: "127.0.0.1:9001", token: "of-the-file" });
  });

  it("does not depend on what else is set, which is for the controller to refuse", async () => {
    const config = await fileOf("adminListen: 127.0.0.1:9001\nresync: never\nno-such-key: 1\n");
    expect(await shown({ config }, { FAIRLEAD_RESYNC: "never" }, [])).toMatchObject({ adminListen: "127.0.0.1:9001" });
  });

  it.each([
    ["adminListen: 8421\n", ":1:14: adminListen: it is a whole number, and should be a text: put it in quotes"],
    ["adminToken: [a]\n", ":1:13: adminToken: it is a list, and should be a text"],
    ["adminListen: nowhere\n", ":1:14: adminListen: "],
    ["adminListen: [\n", ":1:"],
  ])("of the file %j is refused with its place", async (text, place) => {
    const config = await fileOf(text);
    await expect(readAdmin({ config }, {}, [])).rejects.toMatchObject({
      code: "ConfigInvalid",
      message: expect.stringContaining(`${config}${place}`) as string,
    });
  });

  it("is not taken from a file of somebody else's that nobody has named", async () => {
    const folder = await ownDirectory();
    await mkdir(join(folder, "open"));
    const file = join(folder, "open", "fairlead.yaml");
    await writeFile(file, "adminListen: 127.0.0.1:9001\n");
    await chmod(file, 0o666);
    const back = process.cwd();
    process.chdir(join(folder, "open"));
    try {
      await expect(readAdmin({}, {}, ["fairlead.yaml"])).rejects.toThrow(/^fairlead.yaml: it is here, and /);
    } finally {
      process.chdir(back);
    }
  });
});
