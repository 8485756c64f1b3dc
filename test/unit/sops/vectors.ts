/*
 * Made by age 1.1.1, of Debian: another program than the library that reads them. The key is for these tests alone, and the
 * data key has the bytes 0 to 31.
 */

export const identity = "AGE-SECRET-KEY-1J9GAQ3S0MWYXNADS5FSH2F8E69X4YSXNGSA0RE22F3SCH0FHN3NQ0T4GSF";
export const recipient = "age1y24qnrhyq8xcxw6a5uyld8fgrl56yrmszt544hy03pmfkthkpfcsejk9t0";
export const otherIdentity = "AGE-SECRET-KEY-1L27NYJDYRNDSCCELNZE8C6JTSH22TLQJVPGD7289KDLMZA5HWN6SZPEHGF";

export const dataKey = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
export const wrappedKey = `-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSA1NFlIZWtpOXRiaDdCU1NC
ci8vcXR0L3J4WjNkQnFxUnBucTNWa016WHlnCjF4ME5EUnhrdmhLa1ZaS0VIYjBz
dE9hZFJNcjZHZGVVNHNBa2oxdUdOUWsKLS0tIHl2LzV1amxpckNUZ0pWcEpZbXBu
OFYzWE5aNytVY2Q4dUdRT29MMVhSTDgK2y8VHMyV5vZKemigaDnC40BmtwGhFWqx
Y+FTvK+nsiVQLqt3Y+uyJ0+fSwAsMcNztBqLjL7FS1j+297IMy2XKA==
-----END AGE ENCRYPTED FILE-----
`;
/** `whole\nfile\n` */
export const wholeFile = `-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBFM2dDRCt5YnBmWExSajZj
ZlhoVzlkczFjd0lyVVdUOTBjSk80bFF3RW1BCmxzaVpwKzZwNDA5QjdFd2hDTS9H
N0ZmZmJoMitRcWlHdSs5RnR1VG1vbGsKLS0tIHdQM3BzUGlJVXVwTDlvN3RqSmZx
c3FhMkNxMm5QU0lnaDMvdWRoV2ZNMTgK7DEHeD+xF8pt3zmmyZ54pMnnd2z5levD
ljliaaI8bCjFs+NLFuwEGy0RkQ==
-----END AGE ENCRYPTED FILE-----
`;
/** The bytes 0, 255, 254, 10, 128; not armored. */
export const binaryFile = Buffer.from(
  "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBkUUt4YWI5em1HUjFkWDNrOGlDTWhacVZpWWNwNU5nVXQ1V2hKbnFEVTA4CklGek1mOTBrUjVHQXpKNStobGhURy84QXhFdlp3Y0pXOVk3RERVQisya0UKLS0tIHhENGh6QW9majI5cWZ3WjdJWWtoeHNEeU0vL1pRdHhONHVlV3pJUTBIUGMKX0tDdrhU+u3Ko/er+leU4pSoyOKYj9qihOr829zD7/mAF8fw3A==",
  "base64",
);
