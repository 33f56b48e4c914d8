import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { helpSettingsTable } from "../../../server/config/settings/help.ts";
import { settingsTable } from "../../../server/config/settings.ts";
import { httpStatusOf } from "../../../server/edge/errors.ts";
import { createHelpLinks } from "../../../server/edge/help-links.ts";
import { anchorOf, headingsOf, readDocument } from "./markdown.ts";

/** HTTP's status by gRPC's name of a code. */
const httpStatusByName = Object.fromEntries(
  Object.entries(httpStatusOf).map(([code, status]) => {
    const name = Code[Number(code)] ?? "";
    const grpc = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
    return [grpc === "CANCELED" ? "CANCELLED" : grpc, status];
  }),
);

const text = readDocument("troubleshooting.md");
const headings = headingsOf(text);
const names = Object.keys(ErrorReason).filter(
  (name) => /^[A-Z]/.test(name) && name !== "UNSPECIFIED",
);
const reasons = names.map((name) => [name, ErrorReason[name as keyof typeof ErrorReason]] as const);

describe("troubleshooting", () => {
  for (const [name, reason] of reasons) {
    it(`has an entry for ${name}, where its link leads`, () => {
      assert.equal(headings.filter((heading) => heading === name).length, 1);
      const [, entry = ""] = text.split(`\n### ${name}\n`);
      const [own = ""] = entry.split(/\n##/);
      for (const part of ["**Symptom:**", "**Cause", "**What to do:**"]) {
        assert.ok(own.includes(part), part);
      }
      const url = createHelpLinks(helpSettingsTable.helpUrl.fallback ?? "")(reason).links[0]?.url;
      assert.equal(url?.split("#")[1], anchorOf(name));
    });
  }

  it("says the status of HTTP that belongs to each code", () => {
    const symptoms = [...text.matchAll(/\*\*Symptom:\*\* ([^.;]*)/g)].map(
      ([, symptom = ""]) => symptom,
    );
    const told = symptoms.flatMap((symptom) => [...symptom.matchAll(/\b([A-Z_]{5,}) \((\d{3})/g)]);
    assert.ok(told.length >= names.length - 3, `${told.length}`);
    for (const [, name = "", status] of told) {
      // A message that is too large has a status of its own.
      if (status !== "413") assert.equal(Number(status), httpStatusByName[name], name);
    }
  });

  it("has no entry for a reason that there is not", () => {
    const words = headings.filter((heading) => /^[A-Z_]+$/.test(heading));
    assert.deepEqual(words.sort(), names.sort());
  });
});

/** What links and names in a document have to lead to something. */
for (const document of ["troubleshooting.md", "operations.md"]) {
  describe(`what ${document} points at is there`, () => {
    const markdown = readDocument(document);
    const links = [...markdown.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];

    it("files and headings", () => {
      assert.ok(links.length > 10);
      for (const [, file = "", anchor] of links) {
        const path = new URL(`../../../docs/${file || document}`, import.meta.url);
        assert.ok(existsSync(path), file);
        if (!anchor || !path.pathname.endsWith(".md")) continue;
        const anchors = headingsOf(readDocument(file || document)).map(anchorOf);
        assert.ok(anchors.includes(anchor), `${file}#${anchor}`);
      }
    });

    it("settings", () => {
      const known = new Set(Object.values(settingsTable).map(({ env }) => env));
      const others = new Set([
        "AXONFLOW_LICENSE_KEY",
        "AXONFLOW_URL",
        "AXONFLOW_CA_FILE",
        "AXONFLOW_ENVIRONMENT",
        "AXONFLOW_CONFIG_DIR",
        "AXONFLOW_DATABASE_URL_FILE",
        "AXONFLOW_USER",
        "AXONFLOW_IMAGE",
      ]);
      for (const [name] of markdown.matchAll(/\b(?:AXONFLOW|LLM)_[A-Z_]+\b/g)) {
        assert.ok(known.has(name) || others.has(name), name);
      }
    });
  });
}
