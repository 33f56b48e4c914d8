import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority, type IssuedCertificate } from "../../fakes/certificates.ts";
import { startTestGateway, type TestGateway } from "../gateway/gateway.ts";

/** Who vouches for the servers of these tests, and who for their clients. */
export const serverAuthority = createAuthority("Server Authority");
export const clientAuthority = createAuthority("Client Authority");

/** A certificate for loopback. */
export function serverCertificate(): IssuedCertificate {
  return serverAuthority.issue({ commonName: "gateway", names: ["DNS:localhost", "IP:127.0.0.1"] });
}

/** Where the files of TLS are, and the way to write others. */
export interface TlsFolder {
  readonly settings: Readonly<Record<string, string>>;
  readonly certFile: string;
  readonly keyFile: string;
  put(issued: Pick<IssuedCertificate, "certificate" | "key">): void;
}

/** A folder with a certificate, its key, and the authority of clients. */
export function createTlsFolder(issued: IssuedCertificate = serverCertificate()): TlsFolder {
  const folder = mkdtempSync(join(tmpdir(), "axonflow-tls-"));
  const certFile = join(folder, "server.pem");
  const keyFile = join(folder, "server.key");
  const put: TlsFolder["put"] = ({ certificate, key }) => {
    writeFileSync(certFile, certificate);
    writeFileSync(keyFile, key, { mode: 0o600 });
  };
  put(issued);
  writeFileSync(join(folder, "clients.pem"), clientAuthority.certificate);
  return {
    certFile,
    keyFile,
    put,
    settings: { AXONFLOW_TLS_CERT_FILE: certFile, AXONFLOW_TLS_KEY_FILE: keyFile },
  };
}

/** What asks clients for certificates of `clientAuthority`. */
export function clientAuth(
  { certFile }: TlsFolder,
  wish: "optional" | "required",
  names: string,
): Record<string, string> {
  return {
    AXONFLOW_TLS_CLIENT_AUTH: wish,
    AXONFLOW_TLS_CLIENT_CA_FILE: join(certFile, "..", "clients.pem"),
    AXONFLOW_CLIENT_CERTIFICATES: names,
  };
}

/** A gateway that speaks TLS, with the URLs of its ports. */
export interface SecureGateway extends TestGateway {
  readonly httpsUrl: string;
  readonly grpcsUrl: string;
}

export async function startSecureGateway(
  settings: Readonly<Record<string, string>>,
  yaml?: string,
): Promise<SecureGateway> {
  const gateway = await startTestGateway(settings, undefined, yaml);
  return {
    ...gateway,
    httpsUrl: `https://127.0.0.1:${gateway.app.httpPort}`,
    grpcsUrl: `https://127.0.0.1:${gateway.app.grpcPort}`,
  };
}
