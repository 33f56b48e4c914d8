import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  CachePointSchema,
  type ContentBlockSchema,
  Role,
} from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import {
  cacheTtlOf,
  checkCachePoints,
  longCachePointOf,
} from "../../../../../server/providers/bedrock/codecs/cache-points.ts";
import { sampleRequest, textBlock } from "../../../../fakes/calls.ts";
import { refusalOf } from "../../../../fakes/outcomes.ts";

const point = (seconds?: bigint, nanos = 0): MessageInitShape<typeof CachePointSchema> =>
  seconds === undefined ? {} : { ttl: { seconds, nanos } };
const hour = point(3600n);
const five = point(300n);
const asking = (
  system: MessageInitShape<typeof CachePointSchema> | undefined,
  ...points: MessageInitShape<typeof CachePointSchema>[]
) => {
  const blocks = points.flatMap((value): MessageInitShape<typeof ContentBlockSchema>[] => [
    textBlock("A"),
    { block: { case: "cachePoint", value } },
  ]);
  const messages = [{ role: Role.USER, content: [...blocks, textBlock("B")] }];
  return sampleRequest({ messages, ...(system && { systemCachePoint: system }) });
};
const at = (index: number) => `messages[0].content[${index}].cache_point`;

describe("the ttl of a cache point", () => {
  for (const [asked, written] of [
    [point(), undefined],
    [five, undefined],
    [hour, "1h"],
  ] as const) {
    it(`of ${asked.ttl?.seconds ?? "no"} seconds is written as ${written}`, () => {
      assert.equal(cacheTtlOf(create(CachePointSchema, asked), "here"), written);
    });
  }

  for (const asked of [
    point(0n),
    point(299n),
    point(301n),
    point(3600n, 1),
    point(300n, 1),
    point(-300n),
  ]) {
    it(`of ${asked.ttl?.seconds} seconds and ${asked.ttl?.nanos} nanoseconds is refused`, async () => {
      const error = await refusalOf(() => cacheTtlOf(create(CachePointSchema, asked), "here"));
      assert.equal(error.code, Code.InvalidArgument);
      assert.equal(error.violations[0]?.field, "here.ttl");
    });
  }
});

describe("checkCachePoints", () => {
  for (const request of [
    asking(undefined),
    asking(hour, hour, five, point()),
    asking(undefined, hour, hour, hour, hour),
    asking(five, five, five, five),
  ]) {
    it(`takes ${request.messages[0]?.content.length} blocks`, () => checkCachePoints(request));
  }

  for (const [about, field, request] of [
    ["a fifth point", at(9), asking(undefined, five, five, five, five, five)],
    ["a fifth point, the system's counted", at(7), asking(five, five, five, five, five)],
    ["an hour after five minutes", `${at(3)}.ttl`, asking(undefined, five, hour)],
    ["an hour after the system's five minutes", `${at(1)}.ttl`, asking(point(), hour)],
  ] as const) {
    it(`refuses ${about}`, async () => {
      const error = await refusalOf(() => checkCachePoints(request));
      assert.deepEqual(
        error.violations.map((violation) => violation.field),
        [field],
      );
    });
  }
});

describe("longCachePointOf", () => {
  it("names the first point of an hour", () => {
    assert.equal(longCachePointOf(asking(five, five)), undefined);
    assert.equal(longCachePointOf(asking(undefined, hour)), at(1));
    assert.equal(longCachePointOf(asking(hour)), "system_cache_point");
  });
});
