import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path/posix";
import { describe, it } from "node:test";

/** Source texts by their path from the repository's root. */
type Sources = ReadonlyMap<string, string>;

interface Import {
  readonly file: string;
  /** A path from the root for a file of ours; for a package its name. */
  readonly target: string;
  readonly isOurs: boolean;
  readonly isType: boolean;
}

const root = join(import.meta.dirname, "..");
const topFolders = ["server", "client", "emulator", "gen", "test", "scripts", "bench"];
const rooms =
  "edge policies routing resilience shadow providers storage audit telemetry doctor".split(" ");

const statement = /^(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm;
const dynamicImport = /\bimport\(\s*"([^"]+)"\s*\)/g;

function importsOf(sources: Sources): Import[] {
  return [...sources].flatMap(([file, text]) => {
    const found = [
      ...[...text.matchAll(statement)].map(([, type, name = ""]) => ({ name, isType: !!type })),
      ...[...text.matchAll(dynamicImport)].map(([, name = ""]) => ({ name, isType: false })),
    ];
    return found.map(({ name, isType }) => {
      const isOurs = name.startsWith(".");
      return { file, isType, isOurs, target: isOurs ? join(dirname(file), name) : name };
    });
  });
}

/** One row of the table: what the files that it is about may import of ours. Packages are everybody's. */
interface Rule {
  readonly name: string;
  readonly about: RegExp;
  readonly allows: (target: string, imported: Import) => boolean;
}

const within =
  (...folders: readonly string[]) =>
  (target: string) =>
    folders.some((folder) => target.startsWith(`${folder}/`));

const rules: readonly Rule[] = [
  { name: "gen imports nothing of ours", about: /^gen\//, allows: within("gen") },
  {
    name: "core imports gen and no room",
    about: /^server\/core\//,
    allows: within("server/core", "gen"),
  },
  ...rooms.map((room) => ({
    name: `${room} imports core, gen and itself`,
    about: new RegExp(`^server/${room}/`),
    allows: within(`server/${room}`, "server/core", "gen"),
  })),
  {
    name: "config imports itself and core",
    about: /^server\/config\//,
    allows: within("server/config", "server/core"),
  },
  {
    name: "pipeline.ts imports core and no layer: it is handed its layers",
    about: /^server\/pipeline\.ts$/,
    allows: within("server/core"),
  },
  {
    name: "main.ts and flags.ts put config, app and telemetry together",
    about:
      /^server\/(?:main|flags|policy-test-main|policy-check-main|config-check-main|config-show-main|audit-verify-main|audit-public-key-main)\.ts$/,
    allows: (target, { isType }) =>
      within("server/config", "server/telemetry")(target) ||
      (isType && within("server/core")(target)) ||
      [
        "server/app.ts",
        "server/core/clock.ts",
        "server/app/policy-test.ts",
        "server/app/policy-check.ts",
        "server/app/config-check.ts",
        "server/app/audit-verify.ts",
        "server/app/audit-public-key.ts",
        "server/flags.ts",
        "server/providers/bedrock/client.ts",
      ].includes(target),
  },
  {
    name: "doctor-main.ts and iam-policy-main.ts put config, app and doctor together",
    about: /^server\/(?:doctor|iam-policy)-main\.ts$/,
    allows: within("server/config", "server/app", "server/doctor"),
  },
  {
    name: "app.ts and app/ know every room, and nothing outside the server",
    about: /^server\/app(?:\.ts$|\/)/,
    allows: (target) => within("server", "gen")(target) && !/\/(main|flags)\.ts$/.test(target),
  },
  {
    name: "only main.ts and tests import app.ts",
    about: /^(?!server\/main\.ts$|test\/)/,
    allows: (target) => target !== "server/app.ts",
  },
  {
    name: "client imports gen and itself",
    about: /^client\//,
    allows: within("client", "gen"),
  },
  {
    name: "emulator imports itself: a fake that shared our codec would share its bugs",
    about: /^emulator\//,
    allows: within("emulator"),
  },
];

function violationsOf({ about, allows }: Rule, sources: Sources): string[] {
  return importsOf(sources)
    .filter((imported) => imported.isOurs && about.test(imported.file))
    .filter((imported) => !allows(imported.target, imported))
    .map(({ file, target }) => `${file} imports ${target}`);
}

/** Every cycle, as the path that leads back to its beginning. */
function cyclesOf(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { file, target } of imports) {
    targets.set(file, [...(targets.get(file) ?? []), target]);
  }
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    const start = path.indexOf(file);
    if (start >= 0) return void cycles.push([...path.slice(start), file].join(" → "));
    if (done.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return cycles;
}

const kebabCase = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.d)?$/;

function notKebabCase(sources: Sources): string[] {
  const names = (file: string) => file.replace(/\.[mc]?[jt]sx?$/, "").split("/");
  return [...sources.keys()].filter((file) => !names(file).every((name) => kebabCase.test(name)));
}

function tooLong(sources: Sources): string[] {
  return [...sources]
    .map(([file, text]) => ({ file, lines: text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > 300)
    .map(({ file, lines }) => `${file} has ${lines} lines`);
}

function readSources(): Sources {
  const files = topFolders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.[mc]?[jt]sx?$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name)),
    )
    .filter((path) => !path.includes("node_modules"));
  return new Map(files.map((path) => [relative(root, path), readFileSync(path, "utf8")]));
}

describe("the architecture", () => {
  const sources = readSources();
  const ownSources = new Map([...sources].filter(([file]) => !/^(?:gen|bench)\//.test(file)));

  for (const rule of rules) {
    it(rule.name, () => assert.deepEqual(violationsOf(rule, sources), []));
  }
  it("has a row for every file of the server", () => {
    const rows = rules.filter(({ name }) => !name.startsWith("only main.ts"));
    const files = [...sources.keys()].filter((file) => file.startsWith("server/"));
    assert.deepEqual(
      files.filter((file) => !rows.some(({ about }) => about.test(file))),
      [],
    );
  });
  it("has no import cycles at run time", () => {
    const product = importsOf(sources).filter(({ file }) => !file.startsWith("test/"));
    assert.deepEqual(cyclesOf(product.filter(({ isType }) => !isType)), []);
  });
  it("has no import cycles of types in the server either", () => {
    const server = importsOf(sources).filter(({ file }) => file.startsWith("server/"));
    assert.deepEqual(cyclesOf(server), []);
  });
  it("names every file and folder in kebab-case", () => {
    assert.deepEqual(notKebabCase(ownSources), []);
  });
  it("keeps every file within 300 lines", () => assert.deepEqual(tooLong(ownSources), []));
});

describe("the architecture's checker", () => {
  const violations: ReadonlyArray<readonly [file: string, text: string]> = [
    ["gen/a_pb.ts", 'import "../server/core/call.ts";'],
    ["server/core/call.ts", 'export type { Front } from "../edge/front.ts";'],
    ["server/edge/front.ts", 'import {\n  type A,\n  b,\n} from "../routing/router.ts";'],
    ["server/routing/router.ts", 'import type { Settings } from "../config/settings.ts";'],
    ["server/resilience/hop.ts", 'import { startApp } from "../app.ts";'],
    ["server/telemetry/trace.ts", 'import { buildPipeline } from "../pipeline.ts";'],
    ["server/providers/bedrock/client.ts", 'await import("../../edge/front.ts");'],
    ["server/config/load.ts", 'import { createRouter } from "../routing/router.ts";'],
    ["server/config/load.ts", 'import type { Front } from "../edge/front.ts";'],
    ["server/pipeline.ts", 'import { hop } from "./resilience/hop.ts";'],
    ["server/flags.ts", 'import { createGate } from "./edge/gate.ts";'],
    ["server/app.ts", 'import { createEmulator } from "../emulator/emulator.ts";'],
    ["scripts/demo.ts", 'import { startApp } from "../server/app.ts";'],
    ["client/sdk/client.ts", 'import { GatewayError } from "../../server/core/error.ts";'],
    ["client/cli/axonflow.ts", 'import { createEmulator } from "../../emulator/emulator.ts";'],
    ["emulator/main.ts", 'import { x } from "../gen/axonflow/gateway/v1/completion_pb.ts";'],
  ];
  for (const [file, text] of violations) {
    it(`sees that ${file} must not say ${text.replaceAll("\n", " ")}`, () => {
      const found = rules.flatMap((rule) => violationsOf(rule, new Map([[file, text]])));
      const target = join(dirname(file), /"([^"]+)"/.exec(text)?.[1] ?? "");
      assert.ok(found.includes(`${file} imports ${target}`), `found only: ${found}`);
    });
  }
  it("sees a cycle", () => {
    const cycle = new Map([
      ["server/core/a.ts", 'import type { B } from "./b.ts";'],
      ["server/core/b.ts", 'import { c } from "./c.ts";\nimport { d } from "./d.ts";'],
      ["server/core/c.ts", 'export * from "./a.ts";'],
    ]);
    const path = "server/core/a.ts → server/core/b.ts → server/core/c.ts → server/core/a.ts";
    assert.deepEqual(cyclesOf(importsOf(cycle)), [path]);
  });
  it("sees a name that is not kebab-case, and a long file", () => {
    const files = ["server/core/GatewayError.ts", "server/my_room/a.ts", "server/core/call.ts"];
    assert.deepEqual(notKebabCase(new Map(files.map((file) => [file, ""]))), files.slice(0, 2));
    const long = new Map([["server/core/a.ts", "a\n".repeat(301)]]);
    assert.deepEqual(tooLong(long), ["server/core/a.ts has 301 lines"]);
    assert.deepEqual(tooLong(new Map([["server/core/a.ts", "a\n".repeat(300)]])), []);
  });
});
