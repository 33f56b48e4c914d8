import { describedBy, list, type ReadText } from "./setting.ts";

const nameForm = /^[A-Za-z0-9_.-]{1,64}$/;

const expected =
  "must give names to certificates: spiffe://acme/app=app,dns:app.acme=app,cn:App=app,sha256:<64 hex digits>=app";

/**
 * Which certificate is which principal, by one of its identities in the form that `identitiesOf` gives them: a URI or a DNS
 * name of its alternative names, its subject's common name, or its fingerprint.
 */
export const readCertificateNames: ReadText<ReadonlyMap<string, string>> = describedBy(
  { type: "object", additionalProperties: { type: "string", pattern: nameForm.source } },
  (text) => {
    const names = new Map<string, string>();
    for (const entry of list(text)) {
      const { written = "", name = "" } =
        /^(?<written>.+)=(?<name>[^=]+)$/.exec(entry)?.groups ?? {};
      const identity = identityOf(written.trim());
      if (!identity || !nameForm.test(name.trim())) throw new Error(expected);
      if (names.has(identity)) throw new Error(`names the certificate ${identity} twice`);
      names.set(identity, name.trim());
    }
    return names;
  },
);

function identityOf(written: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(written)) return `uri:${written}`;
  const [, kind, value = ""] = /^(dns|cn|sha256):(.+)$/.exec(written) ?? [];
  switch (kind) {
    case "dns":
      return /^[A-Za-z0-9._*-]{1,253}$/.test(value) ? `dns:${value.toLowerCase()}` : undefined;
    case "cn":
      return `cn:${value}`;
    case "sha256": {
      const hex = value.replaceAll(":", "").toLowerCase();
      return /^[0-9a-f]{64}$/.test(hex) ? `sha256:${hex}` : undefined;
    }
    default:
      return undefined;
  }
}
