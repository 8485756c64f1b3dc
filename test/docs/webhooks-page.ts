import { hookTypes } from "../../src/http/delivery/outcome.js";
import { pathsOf } from "../../src/http/hooks/addresses.js";
import { readFilled } from "./filled.js";
import { renderTable } from "./table.js";

export const webhooksPage = new URL("../../docs/webhooks.md", import.meta.url);

const begin = "<!-- The senders: written by `npm run docs`. -->";
const end = "<!-- End of the senders. -->";

/** `docs/webhooks.md` with how each sender is set up, as `fairlead hook url` prints it. */
export function renderWebhooksPage(): string {
  const rows = hookTypes.flatMap((type) => {
    const paths = pathsOf(type);
    const { guide } = paths[0]!.sender;
    const steps = guide.steps.map((step) =>
      step.replace(/\{(?!url|secret)[^{}]*\{.*\}\}?|-H .*|\{"[^}]*\}/g, (code) => `\`${code}\``),
    );
    const names = paths.map(({ path }) => `\`${path}\``).join(", ");
    return [
      [guide.title, names, guide.secret === "apart" ? "apart" : "in the address", steps.map(filled).join("<br>")],
    ];
  });
  return readFilled(webhooksPage, begin, end, renderTable([["sender", "path", "secret", "how it is set up"], ...rows]));
}

function filled(step: string): string {
  return step.replaceAll("{url}", "URL").replaceAll("{secret}", "SECRET").replaceAll("|", "\\|");
}
