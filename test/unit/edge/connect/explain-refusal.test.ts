import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { Code, ConnectError } from "@connectrpc/connect";
import { errorFromJsonBytes, errorToJsonBytes } from "@connectrpc/connect/protocol-connect";
import { ErrorInfoSchema } from "../../../../gen/google/rpc/error_details_pb.ts";
import { GatewayError } from "../../../../server/core/error.ts";
import { explainRefusal } from "../../../../server/edge/connect/explain-refusal.ts";
import { toConnectError } from "../../../../server/edge/errors.ts";

const encodings = [
  [undefined, (bytes: Uint8Array) => bytes],
  ["gzip", gzipSync],
  ["br", brotliCompressSync],
] as const;

function responseOf(bytes: Uint8Array, encoding: string | undefined) {
  const header = new Headers({ "content-type": "application/json" });
  if (encoding) header.set("content-encoding", encoding);
  return {
    status: 400,
    header,
    body: (async function* () {
      yield bytes;
    })(),
  };
}

async function bytesOf(body: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(body ?? []));
}

describe("an error on its way out of the Connect door", () => {
  for (const [encoding, compress] of encodings) {
    it(`gets details when it is bare, ${encoding ?? "plain"}`, async () => {
      const bare = errorToJsonBytes(new ConnectError("cannot parse", Code.InvalidArgument), {});
      const sent = responseOf(compress(bare), encoding);
      const { header, body } = await explainRefusal(sent, "r-1", 1000);
      const bytes = await bytesOf(body);
      const error = errorFromJsonBytes(bytes, undefined, new ConnectError("unread"));
      assert.equal(error.findDetails(ErrorInfoSchema)[0]?.reason, "MALFORMED_REQUEST");
      assert.equal(header?.get("content-encoding"), null);
      assert.equal(header?.get("content-length"), String(bytes.length));
    });

    it(`passes as it is when it has them, ${encoding ?? "plain"}`, async () => {
      const whole = errorToJsonBytes(toConnectError(GatewayError.draining(), "r-1"), {});
      const { header, body } = await explainRefusal(
        responseOf(compress(whole), encoding),
        "r-2",
        1000,
      );
      assert.deepEqual(await bytesOf(body), Buffer.from(compress(whole)));
      assert.equal(header?.get("content-encoding"), encoding ?? null);
    });
  }
});
