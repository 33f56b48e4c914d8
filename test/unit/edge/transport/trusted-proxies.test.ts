import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createConnection } from "../../../../server/edge/transport/connection.ts";
import { createTrustedProxies } from "../../../../server/edge/transport/trusted-proxies.ts";

const proxies = createTrustedProxies(["10.0.0.0/8", "2001:db8:1::/48", "192.0.2.7/32"]);

/** Where a call comes from that reached us from `peer` with these headers. */
function addressOf(peer: string, headers: Readonly<Record<string, string>> = {}): string {
  const header = (name: string) => headers[name];
  return createConnection(peer, proxies).originOf("rest", header).address;
}

describe("the address of a caller", () => {
  for (const [about, peer, headers, expected] of [
    ["is its own without a proxy", "203.0.113.9", {}, "203.0.113.9"],
    [
      "is its own when nobody vouches for what it says of itself",
      "203.0.113.9",
      { "x-forwarded-for": "198.51.100.1", forwarded: "for=198.51.100.1" },
      "203.0.113.9",
    ],
    ["is the proxy's when that says nothing", "10.0.0.1", {}, "10.0.0.1"],
    [
      "is what a trusted proxy says",
      "10.0.0.1",
      { "x-forwarded-for": "198.51.100.1" },
      "198.51.100.1",
    ],
    [
      "is the last that no trusted proxy vouches for, whatever stands before it",
      "10.0.0.1",
      { "x-forwarded-for": "1.1.1.1, 198.51.100.1, 192.0.2.7, 10.9.9.9" },
      "198.51.100.1",
    ],
    [
      "is the first of a chain of trusted proxies",
      "10.0.0.1",
      { "x-forwarded-for": "10.0.0.3, 10.0.0.2" },
      "10.0.0.3",
    ],
    [
      "is that of the last hop that has one",
      "10.0.0.1",
      { "x-forwarded-for": "1.1.1.1, unknown, 10.0.0.2" },
      "10.0.0.2",
    ],
    ["loses its port", "10.0.0.1", { "x-forwarded-for": "198.51.100.1:4711" }, "198.51.100.1"],
    ["may be IPv6", "10.0.0.1", { "x-forwarded-for": "2001:db8:2::1" }, "2001:db8:2::1"],
    [
      "may be IPv6 with a port",
      "10.0.0.1",
      { "x-forwarded-for": "[2001:db8:2::1]:80" },
      "2001:db8:2::1",
    ],
    [
      "is IPv4 where it was mapped",
      "10.0.0.1",
      { "x-forwarded-for": "::ffff:198.51.100.1" },
      "198.51.100.1",
    ],
    [
      "is read from Forwarded too (RFC 7239)",
      "2001:db8:1::5",
      { forwarded: 'for="[2001:db8:2::1]:80";proto=https, For=10.0.0.2;by=10.0.0.1' },
      "2001:db8:2::1",
    ],
    ["is not what hides itself", "10.0.0.1", { forwarded: "for=_hidden" }, "10.0.0.1"],
    [
      "is read from X-Forwarded-For where both are there",
      "10.0.0.1",
      { "x-forwarded-for": "198.51.100.1", forwarded: "for=198.51.100.2" },
      "198.51.100.1",
    ],
    ["survives nonsense", "10.0.0.1", { "x-forwarded-for": ",,;;,\u0000" }, "10.0.0.1"],
    [
      "survives lists without end",
      "10.0.0.1",
      { "x-forwarded-for": "10.0.0.2,".repeat(100_000) },
      "10.0.0.1",
    ],
  ] as const) {
    it(about, () => assert.equal(addressOf(peer, headers), expected));
  }
});

describe("the origin of calls", () => {
  const none = () => undefined;

  it("is one object for all calls on a connection, for each protocol", () => {
    const connection = createConnection("203.0.113.9", proxies);
    const first = connection.originOf("grpc", none);
    assert.equal(connection.originOf("grpc", none), first);
    assert.deepEqual(connection.originOf("connect", none), { ...first, protocol: "connect" });
  });

  it("names the certificate only where it is believed", () => {
    for (const [problem, expected] of [
      [undefined, "ab12"],
      ["CERT_HAS_EXPIRED", undefined],
    ] as const) {
      const connection = createConnection("203.0.113.9", proxies);
      connection.certificate = { sha256: "ab12", identities: ["sha256:ab12"], problem };
      assert.equal(connection.originOf("grpc", none).certificate, expected);
    }
  });
});
