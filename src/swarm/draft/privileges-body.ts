import { given, groupOf } from "../../tools/present.js";

/**
 * `security_opt` in the API's own words; the reader of files lets nothing else pass. Seccomp, AppArmor and
 * `no-new-privileges`: engines from API 1.44.
 */
export function privilegesBody(options: readonly string[] = []): object | undefined {
  const pairs = options.map((option): readonly [string, string] => {
    const at = option.search(/[:=]/);
    return at < 0 ? [option, ""] : [option.slice(0, at), option.slice(at + 1)];
  });
  const valueOf = (name: string) => pairs.findLast(([key]) => key === name)?.[1];
  const labels = pairs.flatMap(([key, value]) => (key === "label" ? [value] : []));
  return groupOf({
    SELinuxContext: labels.length === 0 ? undefined : selinux(labels),
    Seccomp: read(valueOf("seccomp"), seccomp),
    AppArmor: read(valueOf("apparmor"), appArmor),
    NoNewPrivileges: read(valueOf("no-new-privileges"), (value) => value !== "false"),
  });
}

function read<T>(value: string | undefined, make: (value: string) => T): T | undefined {
  return value === undefined ? undefined : make(value);
}

function selinux(labels: readonly string[]): object {
  if (labels.includes("disable")) return { Disable: true };
  const of = (name: string) => labels.findLast((label) => label.startsWith(`${name}:`))?.slice(name.length + 1);
  return { Disable: false, ...given({ User: of("user"), Role: of("role"), Type: of("type"), Level: of("level") }) };
}

function seccomp(value: string): object {
  if (value === "unconfined") return { Mode: "unconfined" };
  if (value === "builtin") return { Mode: "default" };
  return { Mode: "custom", Profile: Buffer.from(value).toString("base64") };
}

function appArmor(value: string): object | undefined {
  return value === "unconfined" ? { Mode: "disabled" } : undefined;
}
