/** By what the gateway is believed, and the caller too. All of it is PEM. */
export interface TlsOptions {
  /** The authorities that the gateway's certificate may come from, in place of those that Node brings along. */
  readonly ca?: string | undefined;
  /** The caller's certificate, and those above it; it needs `key`. */
  readonly certificate?: string | undefined;
  /** The private key of `certificate`. Secret. */
  readonly key?: string | undefined;
}

/** The same in Node's words. Throws a TypeError for options that could not mean anything. */
export function nodeTlsOptions(url: string, options: TlsOptions | undefined): NodeTlsOptions {
  const { ca, certificate: cert, key } = options ?? {};
  if (ca === undefined && cert === undefined && key === undefined) return {};
  if (new URL(url).protocol !== "https:") {
    throw new TypeError("Certificates are for a url that begins with https://.");
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError("A client certificate and its key go together: give both or none.");
  }
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && key !== undefined && { cert, key }),
  };
}

interface NodeTlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}
