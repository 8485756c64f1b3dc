import type { Series } from "./series.js";

/** How the hooks' listener stands that speaks TLS. */
export function tlsSeries(series: Series) {
  const ends = series.gauge(
    "fairlead_tls_certificate_expiry_timestamp_seconds",
    "When the certificate of the hooks ends, in Unix time; no sample without TLS.",
  );
  ends.remove({});
  const refused = series.gauge(
    "fairlead_tls_certificate_refused",
    "1 while another certificate is there that cannot be used: the one before stays in use.",
  );
  const failures = series.counter(
    "fairlead_tls_handshake_failures_total",
    "Connections that ended before they spoke TLS.",
  );
  return {
    certificateEnds: (at: number) => {
      ends.set(at);
    },
    certificateRefused: (isRefused: boolean) => {
      refused.set(isRefused ? 1 : 0);
    },
    handshakeFailed: () => {
      failures.inc();
    },
  };
}
