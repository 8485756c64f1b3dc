import { refusal, type Rule, type Way } from "../model/finding.js";

export const privilegedRule: Rule = {
  key: "privileged",
  find: ({ service, permissions }) => {
    if (permissions.privileged) return [];
    const { name, container, preStart = [], postStart = [], leave } = service;
    const commands = [
      ...preStart.map((one, index) => ({ one, ways: [["pre_start", index]] })),
      ...postStart.map((one, index) => ({ one, ways: [["post_start", index]] })),
      ...(leave?.preStop ?? []).map((one, index) => ({
        one,
        ways: [
          ["pre_stop", index],
          ["x-fairlead", "pre_stop", index],
        ],
      })),
    ];
    const found: readonly (readonly Way[])[] = [
      ...(container.security?.privileged === true ? [[["privileged"]]] : []),
      ...commands.filter(({ one }) => one.privileged === true).map(({ ways }) => ways),
    ];
    return found.map((ways) =>
      refusal({
        key: "privileged",
        ways: ways.map((way) => ["services", name, ...way]),
        what: "`privileged`: it is the host's root",
        allowed: "true",
      }),
    );
  },
};

/** Those that the engine gives to every container: to ask for them is no gain. */
const usual: ReadonlySet<string> = new Set(
  (
    "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID " +
    "SYS_CHROOT"
  ).split(" "),
);

export const capabilityRule: Rule = {
  key: "capabilities",
  find: ({ service, permissions }) => {
    const allowed = new Set(permissions.capabilities.map(bare));
    return (service.container.security?.capAdd ?? []).flatMap((written, index) => {
      const name = bare(written);
      if (usual.has(name) || allowed.has(name) || allowed.has("ALL")) return [];
      const ways = [["services", service.name, "cap_add", index]];
      return [refusal({ key: "capabilities", ways, what: `the capability ${name}`, allowed: name })];
    });
  },
};

function bare(capability: string): string {
  return capability.toUpperCase().replace(/^CAP_/, "");
}

/** These take nothing away from what protects the host. */
const harmless: ReadonlySet<string> = new Set([
  "no-new-privileges",
  "no-new-privileges=true",
  "seccomp=builtin",
  "apparmor=docker-default",
]);

export const securityRule: Rule = {
  key: "securityOptions",
  find: ({ service, permissions }) => {
    const { securityOptions = [], unmaskedPaths } = service.container.security ?? {};
    const asked = [...securityOptions, ...(unmaskedPaths === true ? ["systempaths=unconfined"] : [])].map(nameOf);
    const allowed = new Set(permissions.securityOptions.map(nameOf));
    return asked.flatMap((option, index) => {
      if (harmless.has(option) || allowed.has(option)) return [];
      const ways = [["services", service.name, "security_opt", index]];
      return [refusal({ key: "securityOptions", ways, what: `the security option ${option}`, allowed: option })];
    });
  },
};

/** A profile of one's own may allow anything: it goes by one name. */
function nameOf(option: string): string {
  const normal = option.replace(/^([a-z-]+):/, "$1=");
  return normal.startsWith("seccomp={") ? "seccomp=profile" : normal;
}

export const runtimeRule: Rule = {
  key: "runtimes",
  find: ({ service: { name, container }, permissions }) => {
    const runtime = container.execution?.runtime;
    const asked = [
      ...(runtime === undefined ? [] : [{ key: ["runtime"], word: runtime, what: `the runtime ${runtime}` }]),
      ...Object.keys(container.annotations ?? {}).map((word) => ({
        key: ["annotations", word],
        word,
        what: `the annotation ${word}, which speaks to the runtime`,
      })),
    ];
    return asked
      .filter(({ word }) => !permissions.runtimes.includes(word))
      .map(({ key, word, what }) =>
        refusal({ key: "runtimes", ways: [["services", name, ...key]], what, allowed: word }),
      );
  },
};
