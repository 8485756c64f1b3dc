import { appPort, repository, type Theatre } from "./contender.js";

export type ProxyKind = "Caddy" | "nginx";

export interface ProxyOptions {
  readonly kind: ProxyKind;
  /** Which it shares with the service. */
  readonly network: string;
  /** The name it looks up there. */
  readonly service: string;
  /** Of the host, on loopback. */
  readonly port: number;
}

/** The recipes of docs/proxies.md: both look the name up again and again, and try again where nothing answers. */
const commands: Readonly<Record<ProxyKind, (service: string) => string>> = {
  Caddy: (service) => `
    printf '%s' '${caddyfile(service)}' >/tmp/Caddyfile
    exec /usr/bin/caddy run --adapter caddyfile --config /tmp/Caddyfile`,
  nginx: (service) => `
    mkdir -p /tmp/nginx
    printf '%s' '${nginxConf(service)}' >/tmp/nginx.conf
    exec /usr/sbin/nginx -p /tmp/nginx -c /tmp/nginx.conf`,
};

function caddyfile(service: string): string {
  return `{
    admin off
    auto_https off
  }
  :${appPort} {
    reverse_proxy {
      dynamic a {
        name ${service}
        port ${appPort}
        refresh 500ms
        resolvers 127.0.0.11:53
      }
      lb_try_duration 3s
      lb_try_interval 50ms
    }
  }
`;
}

/** With its upstream in a variable nginx asks the resolver again when an answer has become old. */
function nginxConf(service: string): string {
  return `user root;
  daemon off;
  pid /tmp/nginx/pid;
  error_log stderr error;
  events {}
  http {
    access_log off;
    client_body_temp_path /tmp/nginx/body;
    proxy_temp_path /tmp/nginx/proxy;
    fastcgi_temp_path /tmp/nginx/fastcgi;
    uwsgi_temp_path /tmp/nginx/uwsgi;
    scgi_temp_path /tmp/nginx/scgi;
    resolver 127.0.0.11 valid=1s ipv6=off;
    keepalive_requests 1000000;
    server {
      listen ${appPort};
      location / {
        set $service ${service};
        proxy_pass http://$service:${appPort};
        proxy_connect_timeout 2s;
        proxy_next_upstream error timeout;
      }
    }
  }
`;
}

/** The distribution's own program in a container that sees the host's; published on loopback. */
export async function startProxy(
  { docker }: Theatre,
  { kind, network, service, port }: ProxyOptions,
): Promise<{ close(): Promise<void> }> {
  const container = await docker.createContainer({
    Image: `${repository}:proxy`,
    Entrypoint: ["/bin/sh", "-c", commands[kind](service)],
    Healthcheck: { Test: ["NONE"] },
    ExposedPorts: { [`${appPort}/tcp`]: {} },
    Env: ["PATH=/usr/local/bin:/bin", "HOME=/tmp"],
    HostConfig: {
      NetworkMode: network,
      PortBindings: { [`${appPort}/tcp`]: [{ HostIp: "127.0.0.1", HostPort: String(port) }] },
      Binds: ["/usr/bin", "/usr/sbin", "/usr/lib", "/lib", "/lib64"].map((path) => `${path}:${path}:ro`),
      Tmpfs: { "/tmp": "", "/var/log": "", "/var/lib": "" },
    },
  });
  await container.start();
  return {
    close: () => container.remove({ force: true, v: true }),
  };
}
