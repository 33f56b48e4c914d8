import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadSettings } from "../../../server/config/load.ts";
import { unknownVariables } from "../../../server/config/unknown-variables.ts";
import { type Manifest, readManifest, readManifests } from "./manifests.ts";

const { spec } = readManifest("kubernetes/base/deployment.yaml");
const pod = spec.template.spec;
const [gateway] = pod.containers;
const variant = (path: string): Manifest =>
  readManifest(`kubernetes/${path}`).spec.template.spec.containers[0];
const file = new URL("../../../deploy/kubernetes/base/gateway.yaml", import.meta.url).pathname;
const settings = loadSettings({ flags: new Map(), env: {}, file });

describe("a gateway in Kubernetes", () => {
  it("is admitted where pods are restricted", () => {
    assert.equal(pod.securityContext.runAsNonRoot, true);
    assert.equal(pod.securityContext.runAsUser, 65532);
    assert.equal(pod.securityContext.seccompProfile.type, "RuntimeDefault");
    assert.equal(gateway.securityContext.allowPrivilegeEscalation, false);
    assert.equal(gateway.securityContext.readOnlyRootFilesystem, true);
    assert.deepEqual(gateway.securityContext.capabilities.drop, ["ALL"]);
    const { labels } = readManifest("kubernetes/base/namespace.yaml").metadata;
    assert.equal(labels["pod-security.kubernetes.io/enforce"], "restricted");
  });

  it("has no token of Kubernetes, and none of the variables that Kubernetes makes of services", () => {
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(pod.enableServiceLinks, false);
    const account = readManifest("kubernetes/base/service-account.yaml");
    assert.match(account.metadata.annotations["eks.amazonaws.com/role-arn"], /^arn:aws:iam::/);
    assert.equal(account.metadata.name, pod.serviceAccountName);
  });

  it("gets calls when it is ready, and is restarted only when it is not alive", () => {
    assert.equal(gateway.readinessProbe.httpGet.path, "/readyz");
    assert.equal(gateway.livenessProbe.httpGet.path, "/healthz");
    assert.equal(gateway.startupProbe.httpGet.path, "/healthz");
    const ports = Object.fromEntries(
      gateway.ports.map(({ name, containerPort }: Manifest) => [name, containerPort]),
    );
    assert.deepEqual(ports, { http: settings.httpPort, grpc: settings.grpcPort });
  });

  it("speaks TLS, and is asked for its health by it", () => {
    const files = gateway.env.filter(({ name }: Manifest) =>
      /^AXONFLOW_TLS_(CERT|KEY)_FILE$/.test(name),
    );
    const mounts: string[] = gateway.volumeMounts.map(({ mountPath }: Manifest) => mountPath);
    assert.equal(files.length, 2);
    for (const { value } of files) assert.ok(mounts.some((mount) => value.startsWith(`${mount}/`)));
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
      assert.equal(gateway[probe].httpGet.scheme, "HTTPS");
    }
  });

  it("serves on until its callers have heard that it leaves, and has time to drain and to end", () => {
    const { periodSeconds, failureThreshold } = gateway.readinessProbe;
    assert.ok(settings.drainDelayMs >= periodSeconds * failureThreshold * 1000);
    assert.ok(settings.drainDelayMs < settings.drainTimeoutMs / 2);
    assert.ok(pod.terminationGracePeriodSeconds * 1000 > settings.drainTimeoutMs + 10_000);
  });

  it("is replaced by one that is ready before it goes", () => {
    assert.deepEqual(spec.strategy.rollingUpdate, { maxSurge: 1, maxUnavailable: 0 });
  });

  it("has one address for REST, and an address of each gateway for gRPC", () => {
    const [rest, grpc] = readManifests("kubernetes/base/services.yaml");
    assert.equal(rest?.spec.clusterIP, undefined);
    assert.equal(grpc?.spec.clusterIP, "None");
  });

  it("is called by those who are named, and calls private addresses alone", () => {
    const { spec: policy } = readManifest("kubernetes/base/network-policy.yaml");
    assert.deepEqual(policy.policyTypes, ["Ingress", "Egress"]);
    for (const { from } of policy.ingress) assert.ok(from?.length > 0);
    for (const { to } of policy.egress) {
      assert.ok(to?.length > 0);
      for (const { ipBlock } of to) assert.notEqual(ipBlock?.cidr, "0.0.0.0/0");
    }
  });

  it("is given variables that it reads, and secrets as files alone", () => {
    const env = [gateway, variant("many/postgres.yaml"), variant("single/sqlite.yaml")].flatMap(
      (container) => container.env as { name: string; value?: string; valueFrom?: unknown }[],
    );
    assert.deepEqual(unknownVariables(Object.fromEntries(env.map(({ name }) => [name, "x"]))), []);
    assert.ok(env.every(({ valueFrom }) => valueFrom === undefined));
  });
});

for (const path of ["many/postgres.yaml", "single/sqlite.yaml"]) {
  describe(`a gateway of ${path}`, () => {
    it("is told settings that go together", () => {
      const variables: Manifest[] = [...gateway.env, ...variant(path).env];
      const told = variables
        .map(({ name, value }) => [name, value])
        // Secrets are files that are not here.
        .filter(([name]) => !/^AXONFLOW_(?:LICENSE_KEYS|DATABASE_URL)_FILE$/.test(name));
      const env = { ...Object.fromEntries(told), AXONFLOW_LICENSE_KEYS: "ops=made-up-licence-key" };
      const { auditMode, tlsCertFile } = loadSettings({ flags: new Map(), env, file });
      const [certificate] = gateway.volumeMounts.filter(({ name }: Manifest) => name === "tls");
      assert.equal(auditMode, "compliance");
      assert.equal(tlsCertFile, `${certificate.mountPath}/tls.crt`);
    });
  });
}

describe("many gateways in Kubernetes", () => {
  it("lose one at a time to maintenance, and are never fewer than three", () => {
    const budget = readManifest("kubernetes/many/disruption-budget.yaml");
    assert.equal(budget.spec.maxUnavailable, 1);
    const scaler = readManifest("kubernetes/many/autoscaler.yaml");
    assert.ok(scaler.spec.minReplicas >= 3);
  });

  it("share one database and the keys of the audit log", () => {
    const names = variant("many/postgres.yaml").env.map(({ name }: Manifest) => name);
    assert.ok(names.includes("AXONFLOW_DATABASE_URL_FILE"));
    assert.ok(names.includes("AXONFLOW_AUDIT_KMS_KEY_ID"));
  });
});

describe("a single gateway in Kubernetes", () => {
  it("is gone before its successor comes, on a disk that one pod has", () => {
    const { spec: patch } = readManifest("kubernetes/single/sqlite.yaml");
    assert.deepEqual([patch.replicas, patch.strategy.type], [1, "Recreate"]);
    const volume = readManifest("kubernetes/single/volume.yaml");
    assert.deepEqual(volume.spec.accessModes, ["ReadWriteOncePod"]);
  });
});
