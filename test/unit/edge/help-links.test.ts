import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { helpSettingsTable } from "../../../server/config/settings/help.ts";
import { createHelpLinks } from "../../../server/edge/help-links.ts";

const reason = ErrorReason.PROVIDER_THROTTLED;

describe("the link of an error", () => {
  for (const [page, url] of [
    ["https://help.example/errors", "https://help.example/errors#provider_throttled"],
    ["https://wiki.example/{reason}.html", "https://wiki.example/provider_throttled.html"],
  ] as const) {
    it(`is made of ${page}`, () => {
      assert.equal(createHelpLinks(page)(reason).links[0]?.url, url);
    });
  }

  it("is made once for each reason", () => {
    const links = createHelpLinks("https://help.example/errors");
    assert.equal(links(reason), links(reason));
    assert.notEqual(links(reason), links(ErrorReason.INTERNAL));
  });

  it("is left out when the setting says none, and has to be a URL otherwise", () => {
    const { read, fallback } = helpSettingsTable.helpUrl;
    assert.equal(read("none"), undefined);
    assert.equal(read(fallback ?? ""), fallback);
    assert.throws(() => read("help.example"), /must be a URL/);
  });
});
