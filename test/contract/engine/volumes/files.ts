import { describe, expect, it } from "vitest";
import type { ContainerFile } from "../../../../src/compose/model/container/container-file.js";
import { Secret } from "../../../../src/tools/secret.js";
import type { Bench } from "../bench.js";
import { creation, serviceSpec } from "../service.js";

const secret: ContainerFile = {
  origin: "secrets.db",
  path: "/run/secrets/db",
  content: new Secret("pass wörd\n"),
  mode: 0o440,
  uid: 1000,
  gid: 1001,
};

export function filesContract(bench: Bench): void {
  describe("files of a container that has not been started", () => {
    it("are written with folder, owner and mode, and over what is there", async () => {
      const id = await bench.engine.createContainer(creation(serviceSpec("files", bench.plain), bench.plain));
      const long: ContainerFile = {
        ...secret,
        origin: "configs.long",
        path: `/etc/${"x".repeat(120)}/y`,
        content: new Secret(""),
      };
      await bench.engine.writeFiles(id, [{ ...secret, content: new Secret("before"), mode: 0o400 }, long]);
      await bench.engine.writeFiles(id, [secret]);
      const { mode, uid, gid } = secret;
      const content = secret.content.reveal();
      expect(await bench.stage.fileIn(id, secret.path)).toEqual({ content, mode, uid, gid });
      expect(await bench.stage.fileIn(id, long.path)).toMatchObject({ content: "" });
      await bench.engine.startContainer(id);
      expect(await bench.see(id)).toMatchObject({ state: "running" });
      await bench.discard(id);
    });

    it("need a container", async () => {
      await expect(bench.engine.writeFiles("0".repeat(64), [secret])).rejects.toMatchObject({ code: "ContainerGone" });
    });
  });
}
