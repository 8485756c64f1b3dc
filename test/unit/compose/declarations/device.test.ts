import { expect, it } from "vitest";
import { readService } from "../read.js";

/** The device of a volume with these options, and what is warned of. What is expected is what Docker Compose 2.40.3 has. */
function deviceOf(driver: string, o: string, device: string) {
  const options = JSON.stringify({ ...(o === "" ? {} : { o }), device });
  const rest = `volumes: {st: {${driver}driver_opts: ${options}}}`;
  const result = readService("volumes: ['st:/d']", { HOME: "/home/me", D: "./x" }, rest);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return [result.project.volumes?.[0]?.driverOpts["device"], result.warnings.length];
}

it.each([
  ["driver: local, ", "bind", "./data", "/srv/shop/data", 0],
  ["driver: local, ", "bind", "data", "/srv/shop/data", 0],
  ["driver: local, ", "bind", "../data", "/srv/data", 0],
  ["driver: local, ", "bind", "~/data", "/home/me/data", 0],
  ["driver: local, ", "bind", "${D}", "/srv/shop/x", 0],
  ["driver: local, ", "bind", "/a/../b", "/a/../b", 0],
  ["driver: local, ", "bind,ro", "./data", "./data", 1],
  ["driver: local, ", "", "./data", "./data", 1],
  ["driver: local, ", "addr=10.0.0.1", ":/share", ":/share", 0],
  ["driver: local, ", "", "tmpfs", "tmpfs", 0],
  ["", "bind", "./data", "./data", 1],
  ["driver: other, ", "bind", "./data", "./data", 0],
])("a volume with %s o: %s and the device %s has %s", (driver, o, device, path, warnings) => {
  expect(deviceOf(driver, o, device)).toEqual([path, warnings]);
});
