import { expect, it } from "vitest";
import { readProject } from "../../../../src/compose/project/compose.js";
import { withGates } from "../../../../src/gate/derive.js";
import { followingTags } from "../../../../src/git/reading/records.js";
import { parseImage } from "../../../../src/compose/values/image.js";

const digest = `sha256:${"1".repeat(64)}`;

it("a digest behind a tag is a record, one alone is a pin; a gate's image is the settings' own", () => {
  const text = `name: shop
services:
  recorded: {image: "app:1@${digest}"}
  pinned: {image: "app@${digest}"}
  tagged: {image: "app:2", x-fairlead: {gate: tcp}, ports: ["80:80"]}
`;
  const result = readProject({ file: "compose.yaml", text, directory: "/srv/shop", environment: {} });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const declared = withGates(result.project, parseImage(`haproxy:3@${digest}`));
  const { project, records } = followingTags(declared);
  expect(records).toEqual(new Map([["recorded", digest]]));
  const images = new Map(project?.services.map(({ name, image }) => [name, image]));
  expect(images.get("recorded")).toEqual({ ...parseImage("app:1"), digest: undefined });
  for (const { name, image } of declared.services) if (name !== "recorded") expect(images.get(name)).toBe(image);
  expect(declared.services.some(({ gateOf }) => gateOf !== undefined)).toBe(true);
  expect(followingTags(undefined)).toEqual({ project: undefined, records: new Map() });
});
