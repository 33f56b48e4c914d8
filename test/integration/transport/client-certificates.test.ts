import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  Code,
  createGatewayClient,
  isGatewayCallError,
  type TlsOptions,
} from "../../../client/sdk/node.ts";
import { createAuthority, type IssuedCertificate } from "../../fakes/certificates.ts";
import {
  clientAuth,
  clientAuthority,
  createTlsFolder,
  type SecureGateway,
  serverAuthority,
  startSecureGateway,
} from "./secure-gateway.ts";

const ca = serverAuthority.certificate;
const names = ["URI:spiffe://acme.internal/billing"];
const certificates = {
  billing: clientAuthority.issue({ commonName: "whoever", names }),
  root: clientAuthority.issue({ names: ["DNS:Ops.acme.internal"] }),
  reports: clientAuthority.issue({ commonName: "Nightly Reports" }),
  pinned: clientAuthority.issue({ commonName: "Pinned" }),
  unknown: clientAuthority.issue({ commonName: "Somebody" }),
  expired: clientAuthority.issue({ names, untilEpochMs: Date.now() - 1000 }),
  forged: createAuthority("Client Authority").issue({ names }),
} satisfies Record<string, IssuedCertificate>;

const known = [
  "spiffe://acme.internal/billing=billing",
  "dns:ops.acme.internal=root",
  "cn:Nightly Reports=reports",
  `sha256:${certificates.pinned.sha256}=pinned`,
].join(",");

/** A key that calls nothing but Mistral, and a certificate of the same name. */
const yaml = "keys:\n  billing: {tenant: acme, allowed_models: ['mistral*']}\n";
const keys = { AXONFLOW_LICENSE_KEYS: "plain=plain-license-key-1", AXONFLOW_ADMIN_KEYS: "root" };

type Shown = keyof typeof certificates | undefined;

function clientOf(gateway: SecureGateway, shown: Shown, licenseKey?: string, over = "grpc") {
  const { certificate, key } = shown ? certificates[shown] : {};
  const tls: TlsOptions = { ca, certificate, key };
  const isGrpc = over === "grpc";
  const url = isGrpc ? gateway.grpcsUrl : gateway.httpsUrl;
  return createGatewayClient({ url, transport: isGrpc ? "grpc" : "connect", licenseKey, tls });
}

/** What becomes of a look at the gateway's state, which only `root` may have, and of a call for a model. */
async function outcome(
  gateway: SecureGateway,
  shown: Shown,
  { licenseKey, over, ask = "status" }: { licenseKey?: string; over?: string; ask?: string } = {},
): Promise<string> {
  const client = clientOf(gateway, shown, licenseKey, over);
  try {
    await (ask === "status" ? client.admin.getStatus() : client.complete("Hi."));
    return "OK";
  } catch (error) {
    assert.ok(isGatewayCallError(error));
    return `${Code[error.code]} ${error.reason ?? ""}`.trim();
  } finally {
    client.close();
  }
}

const licenseKey = "plain-license-key-1";
const denied = "PermissionDenied PERMISSION_DENIED";
const unknownCertificate = "Unauthenticated UNKNOWN_CLIENT_CERTIFICATE";

describe("client certificates that are optional", () => {
  let gateway: SecureGateway;
  before(async () => {
    const folder = createTlsFolder();
    const auth = clientAuth(folder, "optional", known);
    gateway = await startSecureGateway({ ...folder.settings, ...auth, ...keys }, yaml);
  });
  after(() => gateway.close());

  for (const over of ["grpc", "connect"]) {
    describe(`over ${over}`, () => {
      for (const [shown, expected, about] of [
        ["root", "OK", "are known by a DNS name, whatever its case"],
        ["billing", denied, "are known by a URI, and may what their name may"],
        ["reports", denied, "are known by the common name of their subject"],
        ["pinned", denied, "are known by their fingerprint"],
        ["unknown", unknownCertificate, "are refused when nobody named them"],
        ["expired", unknownCertificate, "are refused when they are past their end"],
        ["forged", unknownCertificate, "are refused when another authority signed them"],
        [undefined, "Unauthenticated MISSING_LICENSE_KEY", "can be left out, but not with the key"],
      ] as const) {
        it(about, async () => assert.equal(await outcome(gateway, shown, { over }), expected));
      }

      for (const shown of ["root", "unknown", "forged", undefined] as const) {
        it(`give way to a licence key: ${shown ?? "none"}`, async () => {
          assert.equal(await outcome(gateway, shown, { over, licenseKey }), denied);
          assert.equal(await outcome(gateway, shown, { over, licenseKey, ask: "call" }), "OK");
        });
      }

      it("are refused with a key that is none, however good they are", async () => {
        const asked = { over, licenseKey: "no-such-license-key" };
        assert.equal(await outcome(gateway, "root", asked), "Unauthenticated INVALID_LICENSE_KEY");
      });

      it("bring the grants that the configuration gives their name", async () => {
        assert.equal(await outcome(gateway, "billing", { over, ask: "call" }), denied);
        assert.equal(await outcome(gateway, "reports", { over, ask: "call" }), "OK");
      });
    });
  }
});

describe("client certificates that are required", () => {
  let gateway: SecureGateway;
  before(async () => {
    const folder = createTlsFolder();
    const auth = clientAuth(folder, "required", known);
    const noKeys = { AXONFLOW_LICENSE_KEYS: "", AXONFLOW_ADMIN_KEYS: "root" };
    gateway = await startSecureGateway({ ...folder.settings, ...auth, ...noKeys });
  });
  after(() => gateway.close());

  for (const over of ["grpc", "connect"]) {
    it(`let nobody connect without one, or with one that is not believed (${over})`, async () => {
      for (const shown of [undefined, "expired", "forged"] as const) {
        assert.match(
          await outcome(gateway, shown, { over }),
          /^(Unavailable|Internal|Unknown|Aborted|Canceled)/,
        );
      }
    });

    it(`need no licence key beside them (${over})`, async () => {
      assert.equal(await outcome(gateway, "root", { over }), "OK");
      assert.equal(await outcome(gateway, "pinned", { over, ask: "call" }), "OK");
      assert.equal(await outcome(gateway, "unknown", { over }), unknownCertificate);
    });
  }
});
