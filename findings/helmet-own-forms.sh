#!/bin/sh
# helmet 8.3.0, Chromium 156: with helmet's own defaults a form that posts to the very page it came from is sent with `Origin: null`, as a
# form of a stranger's sandbox would be: the reason is `Referrer-Policy: no-referrer`. A server that compares Origin with Host, against
# forged requests, refuses its own forms. With `same-origin` the origin is there.
# Expected: the origin of the page, since nothing crosses an origin.
. "$(dirname "$0")/common.sh"
npm_packages helmet@8.3.0 playwright-core@1.65.1
command -v chromium >/dev/null || { echo "needs Debian's chromium" >&2; exit 1; }

cat >"$work/form.mjs" <<'JS'
import { createServer } from "node:http";
import helmet from "helmet";
import { chromium } from "playwright-core";

const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
for (const [name, options] of [
  ["defaults", {}],
  ["same-origin", { referrerPolicy: { policy: "same-origin" } }],
]) {
  const secure = helmet(options);
  const seen = [];
  const server = createServer((req, res) => {
    if (req.method === "POST") seen.push(req.headers.origin);
    secure(req, res, () => {
      res.setHeader("Content-Type", "text/html");
      res.end('<form method="post"><button>go</button></form>');
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const page = await browser.newPage();
  await page.goto(origin);
  await Promise.all([page.waitForNavigation(), page.click("button")]);
  console.log(`${name}: Origin is ${seen[0] === origin ? "the page's own" : seen[0]}`);
  server.closeAllConnections();
  server.close();
}
await browser.close();
JS
chromium --version 2>/dev/null || true
seen=$(cd "$work" && node form.mjs)
echo "$seen"
expect "defaults: Origin is null" "$seen"
expect "same-origin: Origin is the page's own" "$seen"
