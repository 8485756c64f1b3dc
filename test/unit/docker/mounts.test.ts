import { describe, expect, it } from "vitest";
import type { Mount } from "../../../src/compose/model/mount.js";
import { parseImage } from "../../../src/compose/values/image.js";
import type { InspectedContainer } from "../../../src/docker/client/schema.js";
import { creationBody } from "../../../src/docker/create/creation.js";
import { mountsIn } from "../../../src/docker/read/mounts-in.js";
import { creation, serviceSpec } from "../../contract/engine/service.js";
import { digestOf } from "../../digests.js";

const image = { image: parseImage("ghcr.io/shop/web:2"), digest: digestOf("b") } as const;
const [own, ofImage] = ["c".repeat(64), "d".repeat(64)];
const scratch: Mount = {
  type: "volume",
  source: undefined,
  target: "/scratch",
  readOnly: false,
  createHostPath: false,
};

describe("what is mounted", () => {
  const inspected = (more: Partial<InspectedContainer>): InspectedContainer => ({ Id: "e".repeat(64), ...more });

  it("is told by target, as what the engine has made of it", () => {
    const Mounts = [
      {
        Type: "volume",
        Name: "shop_data",
        Source: "/var/lib/docker/volumes/x/_data",
        Destination: "/data/",
        RW: false,
      },
      { Type: "bind", Source: "/srv/nginx.conf", Destination: "/etc/nginx.conf", RW: true },
      { Type: "tmpfs", Source: "", Destination: "/tmp", RW: true },
      { Type: "npipe", Source: "x", Destination: "/x" },
    ];
    expect(mountsIn(inspected({ Mounts }))).toEqual([
      { type: "volume", source: "shop_data", target: "/data", readOnly: true },
      { type: "bind", source: "/srv/nginx.conf", target: "/etc/nginx.conf", readOnly: false },
      { type: "tmpfs", source: "", target: "/tmp", readOnly: false },
      { type: "other", source: "x", target: "/x", readOnly: false },
    ]);
    expect(mountsIn(inspected({}))).toEqual([]);
    expect(mountsIn(inspected({ Mounts: null }))).toEqual([]);
  });

  it("says of one that comes by volumes_from that neither the image nor the container's maker has asked for it", () => {
    const Mounts = ["/bound", "/file", "/image", "/taken"].map((Destination) => {
      return { Type: "volume", Name: own, Destination, RW: true };
    });
    const Config = { Volumes: { "/image": {} } };
    const HostConfig = { Binds: [`${own}:/bound:rw`], Mounts: [{ Target: "/file" }] };
    const borrowed = (more: object) =>
      mountsIn(inspected({ Mounts, Config, HostConfig: { ...HostConfig, ...more } }))
        .filter((mount) => mount.borrowed === true)
        .map(({ target }) => target);
    expect(borrowed({ VolumesFrom: ["files:ro"] })).toEqual(["/taken"]);
    expect(borrowed({ VolumesFrom: [] })).toEqual([]);
    expect(borrowed({})).toEqual([]);
  });

  it("says of a volume whether only the container's maker has asked for it", () => {
    const Mounts = ["/image", "/both", "/file"].map((Destination) => ({
      Type: "volume",
      Name: own,
      Destination,
      RW: true,
    }));
    const asked = {
      Config: { Volumes: { "/image": {}, "/both/": {} } },
      HostConfig: { Mounts: [{ Target: "/both" }, { Target: "/file/" }] },
    };
    expect(mountsIn(inspected({ Mounts, ...asked })).map(({ target, asked: is }) => [target, is])).toEqual([
      ["/both", undefined],
      ["/file", true],
      ["/image", undefined],
    ]);
  });
});

describe("an inherited volume", () => {
  it("takes the place of a new one where the file asks for it, and is bound where only an image does", () => {
    const spec = serviceSpec("web", image, {
      mounts: [
        { ...scratch, volume: { nocopy: true } },
        { ...scratch, target: "/new" },
      ],
    });
    const inherited = [
      { name: own, target: "/scratch", readOnly: false },
      { name: ofImage, target: "/var/lib/db", readOnly: false },
      { name: ofImage, target: "/etc/db", readOnly: true },
    ];
    expect(creationBody({ ...creation(spec, image), inherited }, "1.51").HostConfig).toMatchObject({
      Binds: [`${ofImage}:/var/lib/db:rw`, `${ofImage}:/etc/db:ro`],
      Mounts: [
        { Type: "volume", Source: own, Target: "/scratch", ReadOnly: false, VolumeOptions: { NoCopy: true } },
        { Type: "volume", Target: "/new", ReadOnly: false },
      ],
    });
  });

  it("can have a colon in its target", () => {
    const inherited = [{ name: ofImage, target: "/var:db", readOnly: false }];
    expect(creationBody({ ...creation(serviceSpec("web", image), image), inherited }, "1.51").HostConfig).toMatchObject(
      {
        Binds: [],
        Mounts: [{ Type: "volume", Source: ofImage, Target: "/var:db" }],
      },
    );
  });
});
