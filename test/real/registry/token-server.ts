import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Identity } from "./distribution.js";

export interface TokenServer {
  readonly realm: string;
  /** What each question asked for: `anonymous repository:a/b:pull`. */
  readonly asked: string[];
  /** Moves the end of the tokens minted from now on, but not what is said of their life. */
  shiftEnd(seconds: number): void;
  close(): void;
}

export interface TokenServerOptions {
  readonly identity: Identity;
  readonly service: string;
  readonly issuer: string;
  /** By user name: the password, and the repositories it opens. Repositories under `public/` are everyone's. */
  readonly accounts: Readonly<Record<string, { readonly password: string; readonly repositories: readonly string[] }>>;
  readonly lifeSeconds: number;
}

/** A token server by Distribution's token specification: it grants what the account may have, which may be nothing. */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const key = createPrivateKey(await readFile(options.identity.key));
  const pem = await readFile(options.identity.certificate, "utf8");
  const x5c = [pem.replace(/-----[^-]+-----|\s/g, "")];
  const asked: string[] = [];
  let shift = 0;

  const mint = (account: string, name: string, actions: readonly string[]): string => {
    const seconds = Math.floor(Date.now() / 1000);
    const claims = {
      iss: options.issuer,
      sub: account,
      aud: options.service,
      exp: seconds + options.lifeSeconds + shift,
      nbf: seconds - 300,
      iat: seconds,
      jti: randomUUID(),
      access: [{ type: "repository", name, actions }],
    };
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const text = `${part({ typ: "JWT", alg: "ES256", x5c })}.${part(claims)}`;
    return `${text}.${sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
  };

  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "", "http://x");
    const scope = searchParams.get("scope") ?? "";
    const [, name = ""] = /^repository:(.+):pull$/.exec(scope) ?? [];
    const login = Buffer.from((request.headers.authorization ?? "").replace("Basic ", ""), "base64").toString();
    const [user = "", password] = login.split(":");
    asked.push(`${user === "" ? "anonymous" : user} ${scope}`);
    const account = options.accounts[user];
    if (user !== "" && account?.password !== password) {
      response.writeHead(401).end();
      return;
    }
    const isOpen = name.startsWith("public/") || account?.repositories.includes(name) === true;
    const token = mint(user, name, isOpen ? ["pull"] : []);
    response.end(JSON.stringify({ token, expires_in: options.lifeSeconds }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    asked,
    shiftEnd: (seconds) => {
      shift = seconds;
    },
    close: () => void server.close(),
  };
}
