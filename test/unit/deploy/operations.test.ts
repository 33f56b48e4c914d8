import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { guideVariables } from "../../fixtures/guide/guide.ts";
import { startProgram } from "../../integration/client/command.ts";
import { readDocument } from "./markdown.ts";

const operations = readDocument("operations.md");
const [, lines = ""] = operations.split("\n## The setup guide, line by line\n");
const rows = lines.split("\n").filter((line) => line.startsWith("| "));
/** What the guide has, and what became of it. */
const told = rows.map((row) => row.split(" | ") as [string, string]);

/** Every command that the setup guide tells its readers to type, or to click. */
const commands = [
  "Model access → Modify model access",
  "aws bedrock list-foundation-models",
  "aws iam create-policy",
  "aws iam attach-role-policy",
  "aws iam get-role-policy",
  "aws ec2 create-vpc-endpoint",
  "aws ec2 authorize-security-group-ingress",
  "aws service-quotas get-service-quota",
  "aws cloudtrail create-trail",
  "aws cloudwatch get-metric-statistics",
  "curl -X POST http://localhost:8082/v1/complete",
  "docker compose",
  "client.query",
];

/** Every variable, parameter and setting of it, and what it leaves to be filled in. */
const variables = [
  ...new Set(guideVariables.map(([name]) => name)),
  "AWS_REGION",
  "OPENAI_API_KEY",
  "~/.aws:/root/.aws:ro",
  "BedrockRegion",
  "BedrockModel",
  "BedrockEndpointURL",
  "BedrockFailoverRegion",
  "AuditLogRetentionDays",
  "routing_weights",
  "pii_detection",
  "daily_cost_usd",
  "config/environments/healthcare.yaml",
  "YOUR_LICENSE_KEY",
  "YOUR_ACCOUNT_ID",
];

/** Every box of its HIPAA checklist, by words of it. */
const boxes = [
  "BAA",
  "CloudTrail",
  "VPC endpoint",
  "PII filtering",
  "retention of 7 years",
  "KMS encryption",
  "HIPAA-eligible region",
  "Document security controls",
];

describe("of the setup guide, operations.md tells what became of", () => {
  for (const name of [...commands, ...variables]) {
    it(name, () => {
      const own = told.filter(([thing]) => thing.includes(name));
      assert.equal(own.length, 1, `${own.length} rows are about it`);
      assert.ok((own[0]?.[1] ?? "").replace(/[|\s]/g, "").length > 10);
    });
  }

  for (const box of boxes) {
    it(`the box "${box}", with the command that proves it`, () => {
      const [, checklist = ""] = operations.split("\n## HIPAA checklist\n");
      const [own = ""] = checklist.split("\n## ");
      const row = own.split("\n").find((line) => line.startsWith("| ") && line.includes(box));
      assert.match(row ?? "", /`axonflow (?:doctor|audit) /);
    });
  }
});

describe("operations.md and troubleshooting.md", () => {
  it("name checks of the doctor that there are", async () => {
    const { outcome } = startProgram("server/doctor-main.ts", ["--only", "?"], {
      LLM_BEDROCK_REGION: "us-east-1",
    });
    const [, list = ""] = /There are: (.*)\./.exec((await outcome).stderr) ?? [];
    const known = new Set(list.split(", "));
    assert.ok(known.size > 10);
    const text = operations + readDocument("troubleshooting.md");
    const named = [...text.matchAll(/--only ([a-z,-]+)/g)].flatMap(([, ids = ""]) =>
      ids.split(","),
    );
    assert.ok(named.length > 20);
    for (const id of named) assert.ok(known.has(id), id);
  });

  it("never repeat what the guide has wrong", () => {
    const blocks = [...operations.matchAll(/```bash\n([\s\S]*?)```/g)]
      .map(([, code]) => code)
      .join("\n");
    assert.match(blocks, /create-vpc-endpoint --vpc-endpoint-type Interface --private-dns-enabled/);
    assert.doesNotMatch(blocks, /--route-table-ids/);
    assert.doesNotMatch(blocks, /foundation-model\/\*/);
  });
});
