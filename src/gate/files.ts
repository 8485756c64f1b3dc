/** Where the proxy in a gate finds its files: the official image's own folder. */
export const configFile = "/usr/local/etc/haproxy/haproxy.cfg";
export const holdFile = "/usr/local/etc/haproxy/hold.lua";
