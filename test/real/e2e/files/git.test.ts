import { readFile } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { describe } from "vitest";
import type { Problem } from "../../../../src/compose/values/problem.js";
import type { RepositoryState } from "../../../../src/control/ports/source.js";
import { fairlead } from "../scene/cli.js";
import { forgeOf } from "../scene/forge.js";
import { test } from "../scene/scene.js";

describe.concurrent("a services file in git", () => {
  test("a push rolls out, a broken commit changes nothing, and a restart without the forge neither", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { digest } = await scene.push();
    const { repository, server, url, tell, args } = await forgeOf(scene, onTestFinished);
    const service = (more: object) =>
      JSON.stringify({
        name: scene.project,
        services: {
          web: {
            image: scene.image(),
            stop_grace_period: "2s",
            deploy: { update_config: { monitor: "600ms" } },
            volumes: ["./conf:/conf:ro", "./data:/data"],
            ...more,
          },
        },
      });
    const first = await repository.commit({ "compose.yaml": service({}), "conf/a": "one" }, { message: "The first" });
    await scene.start({ withoutFile: true, args });
    await scene.untilServing(digest);
    const before = await scene.active();
    const overview = async () =>
      (await (await fetch(`${scene.fairlead.adminUrl}/api/v1/services`)).json()) as {
        readonly sources: readonly RepositoryState[];
        readonly problems: readonly Problem[];
      };
    expect((await overview()).sources).toMatchObject([{ source: url, inForce: { id: first, subject: "The first" } }]);

    const elsewhere = await tell("refs/heads/next");
    expect([elsewhere.status, await elsewhere.json()]).toEqual([
      200,
      { reason: "nobody follows that reference of the repository" },
    ]);

    // A commit elsewhere restarts nothing, one of mounted content rolls out.
    await repository.commit({ README: "elsewhere" });
    const second = await repository.commit({ "conf/a": "two" }, { message: "Other content" });
    const told = await tell();
    expect([told.status, await told.json()]).toEqual([202, { enqueued: [url] }]);
    await scene.untilStatus(({ revision, sync }) => revision === 2 && sync === "Synced");
    const after = await scene.active();
    expect(after?.id).not.toBe(before?.id);
    const metrics = `fairlead_source_info{source="${url}",revision="${second}"} 1`;
    await scene.until("the metric", async () =>
      (await (await fetch(`${scene.fairlead.adminUrl}/metrics`)).text()).includes(metrics),
    );
    const history = await fairlead(["history", `${scene.project}/web`, "--admin", scene.fairlead.adminUrl]);
    expect(history.stdout).toContain(`rolled out by commit ${second.slice(0, 7)} of ${url}, Ann Author: Other content`);

    const bad = await repository.commit({ "compose.yaml": service({ prots: [] }) });
    await tell();
    const { problems } = await scene.until("the problem", async () => {
      const now = await overview();
      return now.problems.length > 0 && now;
    });
    expect(problems).toMatchObject([{ commit: bad, file: "compose.yaml", line: 1 }]);
    await scene.untilStatus(({ conditions }) =>
      conditions.some(
        ({ type, status, message }) => type === "SpecValid" && status === "False" && message.includes(bad.slice(0, 7)),
      ),
    );
    expect((await scene.active())?.id).toBe(after?.id);

    await server.stop();
    await scene.start({ withoutFile: true, args });
    await scene.untilStatus(({ sync }) => sync === "Synced");
    expect((await scene.active())?.id).toBe(after?.id);
    expect((await overview()).sources).toMatchObject([{ inForce: { id: second }, newest: { id: bad } }]);

    await server.start();
    await repository.commit({ "compose.yaml": service({ environment: { COLOUR: "green" } }) });
    await tell();
    await scene.untilStatus(({ revision, sync }) => revision === 3 && sync === "Synced");
    expect((await overview()).problems).toEqual([]);
  });

  test("a container and a commit change the same file: it stays, a person decides, nothing is lost", async ({
    scene,
    expect,
    onTestFinished,
  }) => {
    const { digest } = await scene.push();
    const { repository, tell, args } = await forgeOf(scene, onTestFinished);
    const web = {
      image: scene.image(),
      stop_grace_period: "2s",
      deploy: { update_config: { monitor: "600ms" } },
      volumes: ["./conf:/conf"],
    };
    const compose = JSON.stringify({ name: scene.project, services: { web } });
    await repository.commit({ "compose.yaml": compose, "conf/a": "a1", "conf/b": "b1" });
    await scene.start({ withoutFile: true, args });
    await scene.untilServing(digest);
    const before = await scene.active();
    const id = before?.id ?? "";
    const inside = async (...command: readonly string[]) => {
      const made = await scene.docker.getContainer(id).exec({ Cmd: [...command], AttachStdout: true });
      const stream = await made.start({});
      const chunks: Buffer[] = [];
      const output = new PassThrough().on("data", (chunk: Buffer) => chunks.push(chunk));
      scene.docker.modem.demuxStream(stream, output, output);
      await new Promise((resolve) => stream.once("end", resolve));
      return Buffer.concat(chunks).toString("utf8");
    };
    const write = (text: string, path: string) => inside("sh", "-c", `printf %s '${text}' > ${path}`);
    await write("a of the container", "/conf/a");
    await write("its own", "/conf/own");

    const second = await repository.commit({ "conf/a": "a2", "conf/b": "b2" });
    await tell();
    const { conditions } = await scene.untilStatus(({ conditions: all }) =>
      all.some(({ type, status }) => type === "LocalChanges" && status === "True"),
    );
    const told = conditions.find(({ type }) => type === "LocalChanges")?.message;
    expect(told).toContain("conf/a (changed here and by a commit)");
    expect(told).not.toContain("conf/b");
    const texts = () => inside("cat", "/conf/a", "/conf/b", "/conf/own");
    expect(await texts()).toBe("a of the containerb2its own");

    const synced = await fairlead(["sync", "--theirs", scene.project, "--admin", scene.fairlead.adminUrl]);
    expect(synced.stdout).toContain("conf/a is as git has it");
    const kept = /is kept in (.*)$/m.exec(synced.stdout)?.[1] ?? "";
    expect(await readFile(kept, "utf8")).toBe("a of the container");
    expect(await texts()).toBe("a2b2its own");
    await scene.untilStatus(({ conditions: all }) =>
      all.some(({ type, status }) => type === "LocalChanges" && status === "False"),
    );
    expect((await scene.active())?.id).toBe(before?.id);
    const { sources } = (await (await fetch(`${scene.fairlead.adminUrl}/api/v1/services`)).json()) as {
      readonly sources: readonly RepositoryState[];
    };
    expect(sources).toMatchObject([{ inForce: { id: second } }]);
  });
});
