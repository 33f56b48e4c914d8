import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { vpcEndpoint } from "../../../emulator/aws/ec2/ec2-account.ts";
import { listCustomerAgreements } from "../../../server/app/customer-agreements.ts";
import { createAwsClients } from "../../../server/doctor/aws/aws-clients.ts";
import { baaCheck } from "../../../server/doctor/checks/baa.ts";
import { crossRegionCheck } from "../../../server/doctor/checks/cross-region.ts";
import { modelAccessCheck } from "../../../server/doctor/checks/model-access.ts";
import { modelLifecycleCheck } from "../../../server/doctor/checks/model-lifecycle.ts";
import { vpcEndpointCheck } from "../../../server/doctor/checks/vpc-endpoint.ts";
import { modelInUse } from "../../fakes/models-in-use.ts";
import { type Expected, examinedAws, expectFinding } from "./examined.ts";

const aws = createAwsClients({ tries: 1 });
const region = "us-east-1";
const at = { aws, region };
const sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0";
const ended = "anthropic.claude-3-5-sonnet-20240620-v1:0";

describe("doctor's checks of models and of the way to them", () => {
  const world = examinedAws();
  const deny = (service: string, operation: string) =>
    world.aws.setFaults([{ service, operation, action: { kind: "access-denied" } }]);

  const asOnAws = () =>
    Object.assign(world.account.bedrock, { lifecycle: "real", day: "2026-11-01" });

  describe("model-access", () => {
    const own = { ...at, models: [modelInUse({ calledId: ended, foundationId: ended })] };
    const profile = { ...at, models: [modelInUse()] };
    it("pass: the account may call the model, by its id or by a profile", async () => {
      const expected = { verdict: "pass", reason: /can be called by this account/ } as const;
      await expectFinding(modelAccessCheck(own), expected);
      asOnAws();
      await expectFinding(modelAccessCheck(profile), expected);
    });
    it("fail: the model's own id, where AWS sells profiles alone", async () => {
      asOnAws();
      const models = [modelInUse({ calledId: sonnet, profileId: undefined })];
      const check = modelAccessCheck({ ...at, models });
      const reason = /cannot be called by its own id/;
      await expectFinding(check, { verdict: "fail", reason, remedy: /list-inference-profiles/ });
    });
    for (const lacking of ["agreement", "authorization", "entitlement", "region"] as const) {
      it(`fail: ${lacking} is lacking`, async () => {
        world.account.bedrock.unavailable = { [ended]: lacking };
        const remedy = lacking === "agreement" ? /agreement-offers/ : /model-availability/;
        const reason = new RegExp(`cannot be called in us-east-1: ${lacking} lacking`);
        await expectFinding(modelAccessCheck(own), { verdict: "fail", reason, remedy });
      });
    }
    for (const operation of ["GetFoundationModelAvailability", "ListFoundationModels"]) {
      it(`unknown: bedrock:${operation} is denied`, async () => {
        deny("bedrock", operation);
        const reason = new RegExp(`may not call bedrock:${operation}\\.`);
        await expectFinding(modelAccessCheck(own), { verdict: "unknown", reason });
      });
    }
  });

  describe("model-lifecycle", () => {
    it("pass: AWS lists it as active", async () => {
      const check = modelLifecycleCheck({ ...at, models: [modelInUse()] });
      await expectFinding(check, { verdict: "pass", reason: /every model as active/ });
    });
    it("warn: a legacy model, with the day of its end and what replaces it", async () => {
      asOnAws();
      const legacy = "anthropic.claude-opus-4-1-20250805-v1:0";
      const replacement = `us.${sonnet}`;
      const model = modelInUse({ foundationId: legacy, replacement, endOfLife: undefined });
      await expectFinding(modelLifecycleCheck({ ...at, models: [model] }), {
        verdict: "warn",
        reason: /claude-opus-4-1-20250805-v1:0 is legacy in us-east-1, and ends on 2027-01-08/,
        remedy: /LLM_BEDROCK_MODEL.* to us\.anthropic\.claude-sonnet-4-5/,
      });
    });
    it("fail: a model at the end of its life, with what replaces it", async () => {
      asOnAws();
      const model = modelInUse({ foundationId: ended, endOfLife: "2026-03-01", replacement: "x" });
      await expectFinding(modelLifecycleCheck({ ...at, models: [model] }), {
        verdict: "fail",
        reason: /does not list anthropic.claude-3-5-sonnet.*its end on 2026-03-01/,
        remedy: / to x\./,
      });
    });
    it("unknown: bedrock:ListFoundationModels is denied", async () => {
      deny("bedrock", "ListFoundationModels");
      const check = modelLifecycleCheck({ ...at, models: [modelInUse()] });
      await expectFinding(check, { verdict: "unknown", reason: /bedrock:ListFoundationModels/ });
    });
  });

  describe("cross-region", () => {
    const allowed = (...allowedRegions: string[]) => ({
      ...at,
      models: [modelInUse()],
      allowedRegions,
      isAllowed: (each: string) => allowedRegions.length === 0 || allowedRegions.includes(each),
    });
    it("pass: no profile", async () => {
      const models = [modelInUse({ profileId: undefined })];
      const check = crossRegionCheck({ ...allowed(), models });
      await expectFinding(check, { verdict: "pass", reason: /No inference profile/ });
    });
    it("pass: every destination is allowed", async () => {
      const check = crossRegionCheck(allowed("us-east-1", "us-east-2", "us-west-2"));
      await expectFinding(check, { verdict: "pass", reason: /Every destination is within/ });
    });
    it("warn: a profile, and nothing says which regions are allowed", async () => {
      const remedy = /AXONFLOW_ALLOWED_REGIONS/;
      const check = crossRegionCheck(allowed());
      await expectFinding(check, { verdict: "warn", reason: /us-east-2, us-west-2/, remedy });
    });
    it("fail: a destination is not allowed", async () => {
      const check = crossRegionCheck(allowed("us-east-1"));
      const reason = /may send calls to us-east-2, us-west-2, which AllowedRegions does not allow/;
      await expectFinding(check, { verdict: "fail", reason, remedy: /narrower profile/ });
    });
    it("fail: the region itself is not allowed, or does not have the profile", async () => {
      const abroad = crossRegionCheck(allowed("us-east-2", "us-west-2"));
      await expectFinding(abroad, { verdict: "fail", reason: /us-east-1 itself is not/ });
      const models = [modelInUse({ profileId: `mars.${sonnet}` })];
      const missing = crossRegionCheck({ ...allowed(), models });
      await expectFinding(missing, { verdict: "fail", reason: /does not have the profile mars/ });
    });
    it("unknown: bedrock:GetInferenceProfile is denied", async () => {
      deny("bedrock", "GetInferenceProfile");
      const check = crossRegionCheck(allowed("us-east-1"));
      await expectFinding(check, { verdict: "unknown", reason: /bedrock:GetInferenceProfile/ });
    });
  });

  describe("vpc-endpoint", () => {
    const usual = "https://bedrock-runtime.us-east-1.amazonaws.com";
    const named =
      "https://vpce-0123456789abcdef0-abcdefgh.bedrock-runtime.us-east-1.vpce.amazonaws.com";
    const check = (url: string, ...addresses: string[]) =>
      vpcEndpointCheck({ ...at, url, resolve: async () => addresses });
    const cases: readonly (readonly [string, object, ReturnType<typeof check>, Expected])[] = [
      [
        "AWS's usual name with private DNS",
        {},
        check(usual, "10.0.1.20", "10.0.2.20"),
        { verdict: "pass", reason: /private addresses of vpce-0123456789abcdef0/ },
      ],
      [
        "the endpoint's own name, over IPv6",
        {},
        check(named, "fd00::1"),
        { verdict: "pass", reason: /private addresses/ },
      ],
      [
        "its own name without private DNS",
        { hasPrivateDns: false },
        check(named, "10.0.1.20"),
        { verdict: "warn", reason: /private DNS.*is off/, remedy: /--private-dns-enabled/ },
      ],
      [
        "the policy that an endpoint has by itself",
        {
          policy: JSON.stringify({
            Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
          }),
        },
        check(usual, "10.0.1.20"),
        {
          verdict: "warn",
          reason: /everybody in the VPC do everything/,
          remedy: /policy-document/,
        },
      ],
      [
        "one subnet",
        { subnetIds: ["subnet-1"] },
        check(usual, "10.0.1.20"),
        { verdict: "warn", reason: /one subnet/, remedy: /add-subnet-ids/ },
      ],
      [
        "an emulator",
        {},
        check("http://127.0.0.1:8090", "127.0.0.1"),
        { verdict: "warn", reason: /leads to this machine/ },
      ],
      [
        "a name that leads to the internet",
        {},
        check(usual, "54.239.28.85"),
        { verdict: "fail", reason: /54\.239\.28\.85, which is on the internet/ },
      ],
      [
        "cleartext",
        {},
        check("http://10.0.1.20", "10.0.1.20"),
        { verdict: "fail", reason: /is cleartext/, remedy: /https/ },
      ],
      [
        "AWS's usual name without private DNS",
        { hasPrivateDns: false },
        check(usual, "10.0.1.20"),
        { verdict: "fail", reason: /leads past it/ },
      ],
      [
        "an endpoint of the setup guide's type",
        { type: "Gateway" },
        check(usual, "10.0.1.20"),
        { verdict: "fail", reason: /needs Interface/, remedy: /--vpc-endpoint-type Interface/ },
      ],
      [
        "an endpoint that is not ready",
        { state: "pending" },
        check(usual, "10.0.1.20"),
        { verdict: "fail", reason: /is pending/ },
      ],
      [
        "no endpoint in the region",
        { region: "us-west-2" },
        check(usual, "54.239.28.85"),
        { verdict: "fail", reason: /No VPC of us-east-1/, remedy: /create-vpc-endpoint/ },
      ],
      [
        "the name of an endpoint of somebody else",
        { id: "vpce-0fedcba9876543210" },
        check(named, "54.239.28.85"),
        { verdict: "fail", reason: /is the name of no endpoint/ },
      ],
      [
        "an endpoint that another account shares",
        { region: "us-west-2" },
        check(usual, "10.0.1.20"),
        { verdict: "unknown", reason: /shares its VPC/, remedy: /account that has the VPC/ },
      ],
      [
        "a name that leads nowhere from here",
        {},
        check(usual),
        { verdict: "unknown", reason: /leads to no address here/, remedy: /dig/ },
      ],
    ];
    for (const [name, changes, examined, expected] of cases) {
      it(`${expected.verdict}: ${name}`, async () => {
        world.account.ec2.vpcEndpoints = [vpcEndpoint(changes)];
        await expectFinding(examined, expected);
      });
    }
    it("unknown: ec2:DescribeVpcEndpoints is denied", async () => {
      deny("ec2", "DescribeVpcEndpoints");
      const examined = check(usual, "10.0.1.20");
      await expectFinding(examined, { verdict: "unknown", reason: /ec2:DescribeVpcEndpoints/ });
    });
  });

  describe("baa", () => {
    const check = baaCheck({ listAgreements: listCustomerAgreements });
    it("pass: an active agreement", async () => {
      const { evidence } = await expectFinding(check, { verdict: "pass", reason: /active/ });
      assert.deepEqual(evidence.at(-1), { name: "in force since", value: "2026-01-31" });
    });
    it("fail: an agreement that was ended, or none", async () => {
      const [agreement] = world.account.artifact.agreements;
      assert.ok(agreement);
      agreement.state = "CUSTOMER_TERMINATED";
      const remedy = /Artifact → Agreements/;
      await expectFinding(check, { verdict: "fail", reason: /CUSTOMER_TERMINATED/, remedy });
      agreement.name = "AWS Non-Disclosure Agreement";
      await expectFinding(check, { verdict: "fail", reason: /lists no Business/, remedy });
    });
    it("unknown: Artifact does not answer, and says where to look", async () => {
      deny("artifact", "ListCustomerAgreements");
      await expectFinding(check, {
        verdict: "unknown",
        reason: /may not call artifact:ListCustomerAgreements.*Artifact → Agreements shows/,
        remedy: /--attest baa=/,
      });
    });
    it("unknown, and whose word there is: somebody vouches for it", async () => {
      world.aws.setFaults([{ service: "artifact", action: { kind: "reset" } }]);
      const attested = { on: "2026-01-31", by: "jane" };
      const vouched = baaCheck({ listAgreements: listCustomerAgreements, attested });
      const finding = await expectFinding(vouched, {
        verdict: "unknown",
        reason: /jane states that the BAA was in force on 2026-01-31/,
      });
      assert.deepEqual(finding.attested, attested);
    });
  });
});
