import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { loadSettings } from "../../../server/config/load.ts";
import { loadConfiguration } from "../../../server/config/load-configuration.ts";
import { readTlsFiles } from "../../../server/config/tls-files.ts";
import { createAuthority, selfSigned } from "../../fakes/certificates.ts";

const authority = createAuthority();
const good = authority.issue({ commonName: "gateway" });
const folder = mkdtempSync(join(tmpdir(), "axonflow-tls-files-"));

function fileOf(name: string, text: string, mode = 0o600): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const files = {
  cert: fileOf("good.pem", good.certificate),
  key: fileOf("good.key", good.key),
  ca: fileOf("ca.pem", authority.certificate),
};

function settingsOf(env: Readonly<Record<string, string>>) {
  return loadSettings({ flags: new Map(), env });
}

function read(change: { cert?: string; key?: string; ca?: string } = {}, epochMs = Date.now()) {
  const { cert, key, ca } = { ...files, ...change };
  const settings = settingsOf({
    AXONFLOW_TLS_CERT_FILE: cert,
    AXONFLOW_TLS_KEY_FILE: key,
    AXONFLOW_TLS_CLIENT_CA_FILE: ca,
    AXONFLOW_TLS_CLIENT_AUTH: "optional",
  });
  return readTlsFiles(settings, epochMs);
}

describe("the files of TLS", () => {
  it("are none where none are named", () => {
    assert.equal(readTlsFiles(settingsOf({}), Date.now()), undefined);
  });

  it("are read with those above the certificate, and say when it ends", () => {
    const chain = fileOf("chain.pem", `${good.certificate}${authority.certificate}`);
    const { material, warnings } = read({ cert: chain }) ?? {};
    assert.match(material?.certificate ?? "", /BEGIN[\s\S]*BEGIN/);
    assert.ok((material?.endEpochMs ?? 0) > Date.now());
    assert.equal(material?.clientCa, authority.certificate);
    assert.deepEqual(warnings, []);
  });

  it("are taken with a warning when everybody can read the key", () => {
    const open = fileOf("open.key", good.key, 0o604);
    const group = fileOf("group.key", good.key, 0o640);
    assert.match(read({ key: open })?.warnings[0] ?? "", /chmod 600/);
    assert.deepEqual(read({ key: group })?.warnings, []);
  });

  const expired = selfSigned({ untilEpochMs: Date.now() - 1000 });
  const early = selfSigned({ fromEpochMs: Date.now() + 60_000 });
  for (const [about, change, expected] of [
    ["there is no such certificate", { cert: "/nowhere.pem" }, /TLS_CERT_FILE: .*ENOENT/],
    ["there is no such key", { key: "/nowhere.key" }, /TLS_KEY_FILE: .*ENOENT/],
    ["there are no such authorities", { ca: "/nowhere.pem" }, /TLS_CLIENT_CA_FILE: .*ENOENT/],
    ["the certificate is none", { cert: files.key }, /TLS_CERT_FILE: .*no certificate/],
    ["the key is none", { key: files.cert }, /TLS_KEY_FILE: .*no private key/],
    ["the authorities are none", { ca: fileOf("x.pem", "x") }, /TLS_CLIENT_CA_FILE: .*no cert/],
    ["the key is another's", { key: fileOf("other.key", authority.key) }, /not the key of/],
    [
      "the certificate is not the first of its chain",
      { cert: fileOf("turned.pem", `${authority.certificate}${good.certificate}`) },
      /not the key of/,
    ],
    [
      "the certificate is past its end",
      { cert: fileOf("e.pem", expired.certificate), key: fileOf("e.key", expired.key) },
      /ended on 20\d\d/,
    ],
    [
      "the certificate has not begun",
      { cert: fileOf("f.pem", early.certificate), key: fileOf("f.key", early.key) },
      /begins on 20\d\d/,
    ],
  ] as const) {
    it(`are refused when ${about}, and nothing of a key is said`, () => {
      assert.throws(
        () => read(change),
        (error: Error) => expected.test(error.message) && !error.message.includes("BEGIN"),
      );
    });
  }
});

describe("settings of TLS that need each other", () => {
  for (const [env, expected] of [
    [{ AXONFLOW_TLS_CERT_FILE: "a" }, /needs AXONFLOW_TLS_KEY_FILE/],
    [{ AXONFLOW_TLS_KEY_FILE: "a" }, /needs AXONFLOW_TLS_CERT_FILE/],
    [{ AXONFLOW_TLS_CLIENT_AUTH: "required" }, /needs TLS[\s\S]*CLIENT_CA_FILE/],
    [{ AXONFLOW_TLS_CLIENT_CA_FILE: "a" }, /changes nothing/],
    [{ AXONFLOW_CLIENT_CERTIFICATES: "cn:App=app" }, /lets nobody in/],
  ] as const) {
    it(JSON.stringify(env), () => {
      assert.throws(() => loadConfiguration({ flags: new Map(), env }), expected);
    });
  }
});

describe("AXONFLOW_CLIENT_CERTIFICATES", () => {
  const namesOf = (text: string) => [
    ...settingsOf({ AXONFLOW_CLIENT_CERTIFICATES: text }).clientCertificates,
  ];
  const hex = "Ab".repeat(32);

  for (const [text, identity] of [
    ["spiffe://acme.internal/ns/a=app", "uri:spiffe://acme.internal/ns/a"],
    ["dns:App.Acme.internal=app", "dns:app.acme.internal"],
    ["cn:Nightly Reports=app", "cn:Nightly Reports"],
    ["cn:a=b=app", "cn:a=b"],
    [`sha256:${hex}=app`, `sha256:${hex.toLowerCase()}`],
    [`sha256:${hex.replace(/..(?!$)/g, "$&:")}=app`, `sha256:${hex.toLowerCase()}`],
  ] as const) {
    it(`reads ${text.slice(0, 40)}`, () => assert.deepEqual(namesOf(text), [[identity, "app"]]));
  }

  for (const text of [
    "app",
    "=app",
    "dns:=app",
    "App=app",
    "sha256:ab=app",
    "dns:a=a b",
    "ip:1=a",
  ]) {
    it(`refuses ${text}`, () => assert.throws(() => namesOf(text), /must give names/));
  }

  it("refuses a certificate that is named twice", () => {
    assert.throws(() => namesOf("dns:a=one,dns:A=two"), /dns:a twice/);
  });
});

describe("AXONFLOW_TRUSTED_PROXIES", () => {
  const networksOf = (text: string) =>
    settingsOf({ AXONFLOW_TRUSTED_PROXIES: text }).trustedProxies;

  it("reads networks and addresses of both kinds", () => {
    const text = "10.0.0.0/8, 192.0.2.7,fd00::/8,::1";
    assert.deepEqual(networksOf(text), ["10.0.0.0/8", "192.0.2.7/32", "fd00::/8", "::1/128"]);
  });

  for (const text of [
    "10.0.0.0/33",
    "10.0.0/8",
    "proxy.internal",
    "fd00::/129",
    "1.1.1.1/x",
    "*",
  ]) {
    it(`refuses ${text}`, () => assert.throws(() => networksOf(text), /must be networks/));
  }
});
