// Written by `npm run docs` from the settings.

export const settingFlags = {
  files: {
    flag: "-f, --file <path>",
    what: "services file; further ones are merged over it; a pattern ('stacks/*/compose.yaml') makes each match a project of its own; may repeat (FAIRLEAD_FILE, services.yaml)",
    repeats: true,
  },
  gitUrl: {
    flag: "--git <url>",
    what: "git repository that the services files are read from (FAIRLEAD_GIT, as in git)",
    repeats: false,
  },
  gitRef: {
    flag: "--git-ref <ref>",
    what: "its branch, tag or full reference (FAIRLEAD_GIT_REF, as in git, else the repository's own branch)",
    repeats: false,
  },
  gitPaths: {
    flag: "--git-path <path>",
    what: "services file in it, as --file takes them; may repeat (FAIRLEAD_GIT_PATH, as in git, else compose.yaml)",
    repeats: true,
  },
  profiles: {
    flag: "--profile <name>",
    what: "take in the services of this profile; may repeat (COMPOSE_PROFILES, each project's own, from its .env)",
    repeats: true,
  },
  engine: {
    flag: "--engine <name>",
    what: "what runs the services: docker (containers of this host) or swarm (services of the Swarm that it manages) (FAIRLEAD_ENGINE, docker)",
    repeats: false,
  },
  gateImage: {
    flag: "--gate-image <image>",
    what: "what gates run (FAIRLEAD_GATE_IMAGE, docker.io/library/haproxy:3.2-alpine)",
    repeats: false,
  },
  data: {
    flag: "--data <directory>",
    what: "where the journal is kept (FAIRLEAD_DATA, /var/lib/fairlead as root, else ~/.local/state/fairlead)",
    repeats: false,
  },
  hooksListen: {
    flag: "--hooks-listen <address>",
    what: "where webhooks arrive (FAIRLEAD_HOOKS_LISTEN, 0.0.0.0:8420)",
    repeats: false,
  },
  tls: {
    flag: "--tls <way>",
    what: "webhooks arrive over TLS, with a certificate made here (self-signed) or one of your own (FAIRLEAD_TLS, none: plain HTTP)",
    repeats: false,
  },
  tlsCert: {
    flag: "--tls-cert <path>",
    what: "PEM file with the certificate and its chain; read again when it changes (FAIRLEAD_TLS_CERT, as in tls)",
    repeats: false,
  },
  tlsKey: {
    flag: "--tls-key <path>",
    what: "PEM file with its private key (FAIRLEAD_TLS_KEY, as in tls)",
    repeats: false,
  },
  adminListen: {
    flag: "--admin-listen <address>",
    what: "API, metrics and page (FAIRLEAD_ADMIN_LISTEN, 127.0.0.1:8421)",
    repeats: false,
  },
  hookSecrets: {
    flag: "--hook-secret-file <path>",
    what: "file with the secrets that open the hooks, one a line (FAIRLEAD_HOOK_SECRET_FILE, none: no hook is open)",
    repeats: false,
  },
  adminToken: {
    flag: "--admin-token-file <path>",
    what: "file with the token of the admin address (FAIRLEAD_ADMIN_TOKEN_FILE, none: loopback only)",
    repeats: false,
  },
  adminReadToken: {
    flag: "--admin-read-token-file <path>",
    what: "file with a second token, whose holder sees everything at the admin address and changes nothing (FAIRLEAD_ADMIN_READ_TOKEN_FILE, none)",
    repeats: false,
  },
  resync: {
    flag: "--resync <cron>",
    what: "when everything is looked at again (FAIRLEAD_RESYNC, */5 * * * *)",
    repeats: false,
  },
  logLevel: {
    flag: "--log-level <level>",
    what: "debug, info, warn or error (FAIRLEAD_LOG_LEVEL, info)",
    repeats: false,
  },
  prune: { flag: "--prune", what: "remove services that have left the file (FAIRLEAD_PRUNE)", repeats: false },
  standby: {
    flag: "--standby",
    what: "where another controller is in charge, wait for its end and take over (FAIRLEAD_STANDBY)",
    repeats: false,
  },
  lease: {
    flag: "--lease <name>",
    what: "which of several controllers on one engine this is (FAIRLEAD_LEASE, default)",
    repeats: false,
  },
} as const;
