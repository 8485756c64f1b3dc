import type { Check, Verdict } from "./check.js";
import { ill, well } from "./check.js";
import type { CertificateReport } from "./instruments.js";

/** Whether a delivery from outside reaches the controller: it sends one to itself. */
export const hooks: Check = {
  name: "hooks",
  timeoutMs: 20_000,
  whenSlow: "see whether a firewall lets nobody in at that address",
  look: async (instruments) => {
    const isThere = await instruments.controller().then(
      () => true,
      () => false,
    );
    if (!isThere)
      return [ill("not tried: no controller answers that could send itself a delivery", "see to `controller` first")];
    const report = await instruments.deliver();
    if (report === undefined) {
      const remedy = "set `externalUrl` (FAIRLEAD_EXTERNAL_URL) to have this tried";
      return [well("not tried: nobody has said under which address the internet reaches the hooks", { remedy })];
    }
    const { url, arrived, message } = report;
    if (arrived) return [well(`a delivery to ${url} arrives`)];
    const remedy = `see that ${url} leads to \`hooksListen\` of this controller: its DNS name, the port's forwarding, and the proxy before it`;
    return [ill(`a delivery to ${url} does not arrive: ${message ?? "nobody answers"}`, remedy)];
  },
};

const dayMs = 86_400_000;
const soonMs = 14 * dayMs;

/** Whether what others are to believe is valid, and for how long. */
export const certificates: Check = {
  name: "certificates",
  timeoutMs: 12_000,
  whenSlow: "see whether `externalUrl` answers",
  look: async (instruments) => {
    const found = await instruments.certificates();
    if (found.length === 0) return [well("none is in use")];
    return found.map((one) => judgeCertificate(one, instruments.now()));
  },
};

function judgeCertificate({ what, notBefore, notAfter, remedy }: CertificateReport, now: number): Verdict {
  const until = new Date(notAfter).toISOString();
  if (now > notAfter) return ill(`the certificate ${what} has expired: it was valid until ${until}`, remedy);
  if (now < notBefore)
    return ill(`the certificate ${what} is valid only from ${new Date(notBefore).toISOString()} on`, remedy);
  if (notAfter - now < soonMs) return ill(`the certificate ${what} expires soon: ${until}`, remedy);
  return well(`the certificate ${what} is valid until ${until}`);
}
