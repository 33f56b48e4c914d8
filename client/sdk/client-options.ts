import type { Transport } from "@connectrpc/connect";

/** Where the gateway is and who calls. */
export interface ClientOptions<Protocol extends string> {
  /** For example `http://127.0.0.1:50051`; a path before the method's is kept. */
  readonly url: string;
  /** Left out, calls carry no key, which only a gateway started with `--insecure-no-auth` accepts. */
  readonly licenseKey?: string | undefined;
  /** A protocol, or a Connect `Transport` of your own, which then also decides where calls go. */
  readonly transport?: Protocol | Transport | undefined;
}

/** Throws a TypeError for options that no call could succeed with. It repeats neither of them: both may be secrets. */
export function checkClientOptions({ url, licenseKey }: ClientOptions<string>): void {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address?.protocol !== "http:" && address?.protocol !== "https:") {
    throw new TypeError(
      "The gateway's url must be one that begins with http:// or https://, for example http://127.0.0.1:50051.",
    );
  }
  if (address.username || address.password || address.search || address.hash) {
    throw new TypeError("The gateway's url must have no user, no query and no fragment.");
  }
  if (licenseKey !== undefined && !/^[\x21-\x7e]+$/.test(licenseKey)) {
    throw new TypeError(
      "The licence key must be visible ASCII characters only: no space, no line break, and not empty.",
    );
  }
}
