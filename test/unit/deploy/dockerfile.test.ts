import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { readCopy, readDockerfile } from "./read-dockerfile.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const [build, image] = readDockerfile(read("deploy/Dockerfile"));
const all = (keyword: string, stage = image) =>
  stage?.instructions.filter((instruction) => instruction.keyword === keyword) ?? [];

describe("the image", () => {
  it("is built with the Node that the project runs on", () => {
    const { devDependencies } = JSON.parse(read("package.json"));
    assert.equal(build?.base, `docker.io/library/node:${devDependencies.node}-bookworm-slim`);
  });

  it("is made of nothing but what the build put together", () => {
    assert.equal(image?.base, "scratch");
    for (const copy of all("COPY")) assert.equal(readCopy(copy).from, "build");
    assert.deepEqual(all("RUN"), []);
    assert.deepEqual(all("ADD"), []);
  });

  it("runs as a user by number, who is not root", () => {
    assert.deepEqual(
      all("USER").map(({ text }) => text),
      ["65532:65532"],
    );
  });

  it("starts Node as process 1, without a shell between it and SIGTERM", () => {
    assert.deepEqual(
      all("CMD").map(({ text }) => JSON.parse(text)),
      [["node", "/app/server/main.ts"]],
    );
    assert.equal(all("STOPSIGNAL")[0]?.text, "SIGTERM");
  });

  it("checks its health without a shell", () => {
    const [, command = ""] = all("HEALTHCHECK")[0]?.text.split(" CMD ") ?? [];
    const [program, file] = JSON.parse(command);
    assert.equal(program, "node");
    assert.ok(existsSync(new URL(file.replace("/app/", ""), root)), file);
  });

  it("copies what is there, and the builder is sent all of that and nothing else", () => {
    const copied = all("COPY", build).flatMap((copy) => readCopy(copy).sources);
    for (const path of copied) assert.ok(existsSync(new URL(path, root)), path);
    const lines = read("deploy/Dockerfile.dockerignore").split("\n");
    const [first, ...exceptions] = lines.filter((line) => line && !line.startsWith("#"));
    assert.equal(first, "*");
    assert.deepEqual(exceptions.map((line) => line.slice(1)).sort(), copied.sort());
  });

  it("takes packages as they are locked, without their install scripts", () => {
    const installs = all("RUN", build).filter(({ text }) => text.startsWith("npm "));
    assert.equal(installs.length, 1);
    for (const flag of ["--omit=dev", "--no-save", "--ignore-scripts"]) {
      assert.ok(installs[0]?.text.includes(flag), flag);
    }
  });
});
