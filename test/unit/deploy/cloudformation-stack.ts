import { readTemplate, resolveTemplate, type Values } from "./cloudformation-template.ts";
import type { Manifest } from "./manifests.ts";

/** deploy/cloudformation, in CloudFormation's long forms. */
export const template = readTemplate();

/** The account of the made-up stack. */
export const account = "111122223333";

/** A stack of made-up names. */
export const stack: Values = {
  "AWS::AccountId": account,
  "AWS::Partition": "aws",
  "AWS::Region": "us-east-1",
  "AWS::StackName": "axonflow",
  AuditBucket: "axonflow-audit-bucket",
  "DataKey.Arn": `arn:aws:kms:us-east-1:${account}:key/00000000-0000-4000-8000-000000000001`,
  "SigningKey.Arn": `arn:aws:kms:us-east-1:${account}:key/00000000-0000-4000-8000-000000000002`,
  "MetricLogs.Arn": `arn:aws:logs:us-east-1:${account}:log-group:/axonflow/axonflow/metrics:*`,
  "TaskRole.Arn": `arn:aws:iam::${account}:role/axonflow`,
  "Database.Endpoint.Address": "db.example",
  "Database.Endpoint.Port": "5432",
  LicenseKey: "arn:license-key",
  TlsSecretArn: "arn:tls",
  DatabasePassword: "arn:database-password",
  VpcId: "vpc-1",
  SubnetIds: ["subnet-1", "subnet-2"],
  EndpointSecurityGroup: "sg-1",
  ImageUri: "image",
  GatewayLogs: "/axonflow/axonflow/gateway",
};

/** A resource's properties as the made-up stack has them; `more` are parameters. */
export const resource = (name: string, more: Values = {}): Manifest =>
  resolveTemplate(template, { ...stack, ...more }, template.Resources[name].Properties);

/** The resources of one type, by name, as the template has them. */
export const ofType = (type: string) =>
  Object.entries<Manifest>(template.Resources).filter(([, { Type }]) => Type === type);

/** A container of the task, as the made-up stack has it. */
export function containerOf(name: string, more: Values = {}): Manifest {
  const { ContainerDefinitions } = template.Resources.TaskDefinition.Properties;
  const containers: Manifest[] = resolveTemplate(
    template,
    { ...stack, ...more },
    ContainerDefinitions,
  );
  return containers.find(({ Name }) => Name === name);
}

/** What a container is told, by name; secrets are not among it. */
export function environmentOf(container: Manifest): Record<string, string> {
  return Object.fromEntries(
    container.Environment.map(({ Name, Value }: Manifest) => [Name, String(Value)]),
  );
}
