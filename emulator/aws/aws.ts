import type { Credentials } from "../authenticate.ts";
import type { Exchange, ReceivedRequest } from "../exchange.ts";
import { parseAuthorization } from "../signature.ts";
import { type AwsAccount, goodAccount } from "./aws-account.ts";
import { type AwsLogEntry, createAwsDesk } from "./aws-desk.ts";
import { type AwsFaultRule, createAwsFaults, parseAwsFaultRules } from "./aws-faults.ts";
import { createAwsServices } from "./aws-services.ts";
import { createS3Objects, type S3Version } from "./s3/s3-objects.ts";

/** What an AWS is made of; everything has a usual value. */
export interface AwsOptions {
  /** Key pairs that are let in; `emulator` with the secret `emulator` if not said. */
  readonly credentials?: readonly Credentials[];
  /** What is in the account; a good one if not said. It may be changed at any time. */
  readonly account?: AwsAccount;
  readonly faults?: readonly AwsFaultRule[];
  /** The clock of signatures, locks and answers' dates, in milliseconds since the epoch. */
  readonly now?: () => number;
  /** How many calls are kept, 1,000 if not said. */
  readonly callLimit?: number;
}

/** What can be read and changed of an AWS while it answers. */
export interface AwsSteering {
  readonly account: AwsAccount;
  /** The latest calls, oldest first. */
  readonly calls: readonly AwsLogEntry[];
  readonly faults: readonly AwsFaultRule[];
  /** Replaces all rules, and their counts start again. */
  setFaults(rules: readonly AwsFaultRule[]): void;
  addFault(rule: AwsFaultRule): void;
  clearFaults(): void;
  /** Every version of every object in a bucket, oldest first. */
  objects(bucket: string): readonly S3Version[];
}

/** AWS's control services without a server. */
export interface Aws extends AwsSteering {
  /** Whether a request is for one of them that nothing else here answers: all but calls of models, and their lists. */
  isFor(request: ReceivedRequest): boolean;
  answer(request: ReceivedRequest, exchange: Exchange): Promise<void>;
}

/** Paths of Bedrock's control plane that are about an account, and not about models. */
const accountPaths = /^\/(?:foundation-model-availability\/|logging\/|data-retention)/;

/** Creates an AWS. */
export function createAws(options: AwsOptions = {}): Aws {
  const { now = Date.now, account = goodAccount(), callLimit = 1_000 } = options;
  const faults = createAwsFaults(parseAwsFaultRules(options.faults ?? []));
  const objects = createS3Objects(now);
  const services = createAwsServices(account, objects, now);
  const calls: AwsLogEntry[] = [];
  const desk = createAwsDesk({
    credentials: options.credentials ?? [{ accessKeyId: "emulator", secretAccessKey: "emulator" }],
    account,
    services,
    faults,
    now,
    log(entry) {
      calls.push(entry);
      if (calls.length > callLimit) calls.shift();
    },
  });
  return {
    account,
    calls,
    get faults() {
      return faults.rules;
    },
    setFaults: (rules) => faults.set(parseAwsFaultRules(rules)),
    addFault: (rule) => faults.add(rule),
    clearFaults: () => faults.set([]),
    objects: (bucket) => objects.versions(bucket),
    isFor({ headers, path }) {
      const { authorization = "" } = headers;
      // Calls of models come by the thousand; nothing more is read of theirs.
      if (authorization.includes("/bedrock/aws4_request")) return accountPaths.test(path);
      const service = parseAuthorization(authorization)?.service;
      return services.some(({ name }) => name === service);
    },
    answer: desk.answer,
  };
}
