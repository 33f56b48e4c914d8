import { X509Certificate } from "node:crypto";
import { lookup } from "node:dns/promises";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { verifyLog } from "../audit/verifying/verify-log.ts";
import type { CheckedConfiguration } from "../config/load-configuration.ts";
import type { Configuration, Settings } from "../config/settings.ts";
import { systemClock } from "../core/clock.ts";
import { fitsAny } from "../core/name-pattern.ts";
import { createAwsClients } from "../doctor/aws/aws-clients.ts";
import type { Attestation, Check } from "../doctor/check.ts";
import { archiveCheck } from "../doctor/checks/archive.ts";
import { baaCheck } from "../doctor/checks/baa.ts";
import { cloudTrailCheck } from "../doctor/checks/cloud-trail.ts";
import { crossRegionCheck } from "../doctor/checks/cross-region.ts";
import { dataRetentionCheck } from "../doctor/checks/data-retention.ts";
import { iamBreadthCheck } from "../doctor/checks/iam-breadth.ts";
import { identityCheck } from "../doctor/checks/identity.ts";
import { invocationLoggingCheck } from "../doctor/checks/invocation-logging.ts";
import { kmsKeyCheck } from "../doctor/checks/kms-key.ts";
import { modelAccessCheck } from "../doctor/checks/model-access.ts";
import { modelLifecycleCheck } from "../doctor/checks/model-lifecycle.ts";
import { vpcEndpointCheck } from "../doctor/checks/vpc-endpoint.ts";
import { neededCalls } from "../doctor/iam/model-arns.ts";
import { type AuditVerification, auditLogCheck } from "../doctor/local/audit-log.ts";
import { auditRetentionCheck } from "../doctor/local/audit-retention.ts";
import { clockCheck } from "../doctor/local/clock.ts";
import { fileModesCheck, type PrivatePath } from "../doctor/local/file-modes.ts";
import { personalDataCheck } from "../doctor/local/personal-data.ts";
import { transportCheck } from "../doctor/local/transport.ts";
import type { ModelInUse } from "../doctor/model-in-use.ts";
import { regionFromSdk } from "../providers/bedrock/client.ts";
import { openAuditStore } from "./audit.ts";
import { bedrockRegions } from "./bedrock-regions.ts";
import { sendCanaries } from "./canaries.ts";
import { listCustomerAgreements } from "./customer-agreements.ts";
import { modelsInUse } from "./models-in-use.ts";
import { createProviders } from "./providers.ts";

/** What the examination needs beside the configuration. */
export interface ExaminationOptions {
  readonly checked: CheckedConfiguration;
  /** The gateway's role; undefined: that of whoever asks. */
  readonly role: string | undefined;
  /** By check. */
  readonly attested: ReadonlyMap<string, Attestation>;
  /** The addresses of a host's name; the system's resolver if not said. */
  readonly resolve?: ((host: string) => Promise<readonly string[]>) | undefined;
}

/** Everything that is to be looked at, and where. */
export interface Examination {
  readonly regions: readonly string[];
  readonly models: readonly ModelInUse[];
  readonly checks: readonly Check[];
}

/** Puts the checks together for one configuration; none has run yet. */
export async function createExamination(options: ExaminationOptions): Promise<Examination> {
  const { settings, licenseKeys } = options.checked;
  const places = await bedrockPlaces(settings);
  const regions = places.map(({ region }) => region);
  const models = modelsInUse({ settings, regions });
  const keyNames = [...licenseKeys.map(({ name }) => name), ...settings.keyGrants.keys()];
  const home = regions[0] ?? (await regionFromSdk()) ?? "us-east-1";
  const aws = createAwsClients({ bedrockUrl: settings.bedrockControlEndpointUrl });
  const resolve = options.resolve ?? addressesOf;
  const perRegion = places.flatMap(({ region, url }) => {
    const here = models.filter((model) => model.region === region);
    const { allowedRegions } = settings;
    const isAllowed = (each: string) =>
      allowedRegions.length === 0 || fitsAny(allowedRegions, each);
    return [
      cloudTrailCheck({ aws, region }),
      invocationLoggingCheck({ aws, region }),
      dataRetentionCheck({ aws, region }),
      modelAccessCheck({ aws, region, models: here }),
      modelLifecycleCheck({ aws, region, models: here }),
      crossRegionCheck({ aws, region, models: here, allowedRegions, isAllowed }),
      vpcEndpointCheck({ aws, region, url, resolve }),
    ];
  });
  const checks = [
    identityCheck({ aws, region: home }),
    baaCheck({ listAgreements: listCustomerAgreements, attested: options.attested.get("baa") }),
    iamBreadthCheck({
      aws,
      region: home,
      role: options.role,
      neededCalls: (accountId) => neededCalls(models, accountId),
    }),
    ...perRegion,
    ...auditChecks(settings, aws, home),
    personalDataCheck({ sendCanaries: () => sendCanaries(settings, keyNames) }),
    transportCheck({
      host: settings.host,
      hasTls: settings.tlsCertFile !== undefined,
      certificateEndMs: await certificateEnd(settings.tlsCertFile),
      trustedProxies: settings.trustedProxies,
      nowMs: Date.now(),
    }),
    clockCheck({ aws, region: home }),
    fileModesCheck({ paths: privatePaths(settings) }),
  ];
  return { regions, models, checks: inGroups(checks) };
}

/** Checks of one group stand together, and in it those of one kind, in the order in which each first comes. */
function inGroups(checks: readonly Check[]): readonly Check[] {
  const groups = [...Map.groupBy(checks, ({ group }) => group).values()];
  return groups.flatMap((each) => [...Map.groupBy(each, ({ id }) => id).values()].flat());
}

/** What only a gateway that keeps an audit log has. */
function auditChecks(
  settings: Configuration,
  aws: ReturnType<typeof createAwsClients>,
  region: string,
): readonly Check[] {
  const {
    auditMode: mode,
    auditRetentionDays: retentionDays,
    auditExportUrl: exportUrl,
  } = settings;
  const verified = auditLogCheck({ mode, verifyAudit: (signal) => verifyAudit(settings, signal) });
  if (mode === "off") return [verified];
  return [
    kmsKeyCheck({ aws, region, keyId: settings.auditKmsKeyId, purpose: "encryption" }),
    kmsKeyCheck({ aws, region, keyId: settings.auditKmsSigningKeyId, purpose: "signing" }),
    archiveCheck({ aws, region, exportUrl, retentionDays }),
    verified,
    auditRetentionCheck({ retentionDays }),
  ];
}

/** The seam to the audit log: it is read beside a gateway that runs, and without its keys. */
async function verifyAudit(
  settings: Settings,
  signal: AbortSignal,
): Promise<AuditVerification | undefined> {
  const { databaseUrl, dataDirectory } = settings;
  const file = join(dataDirectory, "audit.db");
  if (databaseUrl === undefined && !existsSync(file)) return undefined;
  const store = await openAuditStore(settings, systemClock, true);
  try {
    const { isWhole, counts, problems, problemCount } = await verifyLog({ store, signal });
    return {
      isWhole,
      records: counts.records,
      chains: counts.chains,
      unsigned: counts.unsigned,
      problems: problems.map(({ message }) => message),
      problemCount,
    };
  } finally {
    await store.close();
  }
}

async function bedrockPlaces(settings: Configuration) {
  const [first] = await bedrockRegions(settings);
  return createProviders(settings, first).flatMap(({ provider, place, url }) => {
    provider.close();
    return place.provider === "bedrock" ? [{ region: place.region, url }] : [];
  });
}

async function addressesOf(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}

async function certificateEnd(file: string | undefined): Promise<number | undefined> {
  if (file === undefined) return undefined;
  try {
    return new X509Certificate(await readFile(file)).validToDate.getTime();
  } catch {
    return undefined;
  }
}

/** PostgreSQL's data are somebody else's to guard. */
function privatePaths(settings: Settings): readonly PrivatePath[] {
  const { dataDirectory, databaseUrl, auditKeyFile, auditSigningKeyFile } = settings;
  const own = (path: string | undefined, what: string): PrivatePath[] =>
    path === undefined ? [] : [{ path, what, isNeeded: true }];
  const made = (path: string, what: string): PrivatePath => ({ path, what, isNeeded: false });
  return [
    ...(databaseUrl === undefined ? [made(dataDirectory, "The data directory")] : []),
    made(auditKeyFile ?? join(dataDirectory, "audit.key"), "The audit log's encryption key"),
    made(
      auditSigningKeyFile ?? join(dataDirectory, "audit-signing.pem"),
      "The audit log's signing key",
    ),
    ...own(settings.tlsKeyFile, "The certificate's key"),
    ...own(settings.licenseKeysFile, "The file of licence keys"),
  ];
}
