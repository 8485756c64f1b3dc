import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const page = readFileSync("docs/planning.md", "utf8");
const configuration = readFileSync("docs/configuration.md", "utf8");

const rows = page
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) => line.replace(/ +/g, " "));
const shown = (value: number) => (value < 10 ? value.toPrecision(2) : Math.round(value).toLocaleString("en-US"));

it("has the figures that follow from the defaults", () => {
  // The page of settings is written from the settings.
  expect(configuration).toMatch(/`--resync` .* `\*\/5 \* \* \* \*` .*Up to 20 s of jitter/);
  expect(configuration).toMatch(/`git\.interval` .*\(`60s`\)/);
  const [resyncS, jitterS, intervalS] = [300, 20, 60];

  const [services, tasks] = [1_000, 3];
  expect(rows.filter((row) => row.startsWith("| registry | 1,000 `HEAD`s"))[0]).toContain(
    ` ${shown(services / resyncS)} a second `,
  );
  expect(page).toContain(`${shown(services * tasks)} tasks, and those that they have replaced`);
  const history = 5;
  const kilobytes = 1.2;
  const kept = services * tasks * history;
  expect(page).toContain(`${shown(kept)} make ${shown((kept * kilobytes) / 1_000)} MB`);
  expect(page).toContain(
    `leaves ${shown(services * tasks * 2)}, or ${Math.round((services * tasks * 2 * kilobytes) / 1_000)} MB`,
  );

  const [hosts, images] = [10_000, 20];
  const heads = hosts * images;
  const atRegistry = rows.find((row) => row.includes("`HEAD`s for each resync") && row.includes(shown(heads)));
  expect(atRegistry).toContain(`| ${shown(heads / resyncS)} a second | ${shown(heads / jitterS)} a second:`);
  expect(rows.find((row) => row.includes("from each host"))).toContain(`| ${shown(hosts / intervalS)} a second |`);
  expect(page).toContain(`makes ${shown(hosts / 600)} requests a second of ${shown(hosts / intervalS)}`);
  const groups = 60;
  expect(page.replace(/\s+/g, " ")).toContain(
    `that is ${shown(heads / 3_600)} \`HEAD\`s a second in the mean, and ${shown(heads / groups / jitterS)} a second within`,
  );
});
