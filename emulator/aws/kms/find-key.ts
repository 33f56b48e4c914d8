import type { AwsAccount } from "../aws-account.ts";
import { AwsError } from "../aws-error.ts";
import type { AwsCall } from "../aws-service.ts";
import type { KmsKey } from "./kms-account.ts";

/** The ARN of a key. */
export function keyArn({ accountId }: AwsAccount, { id, region }: KmsKey): string {
  return `arn:aws:kms:${region}:${accountId}:key/${id}`;
}

/** Finds a key by id, ARN, alias or alias ARN in the region of the call; throws NotFoundException. */
export function findKey(account: AwsAccount, name: unknown, { region }: AwsCall): KmsKey {
  if (typeof name !== "string" || name === "") {
    throw new AwsError(
      "ValidationException",
      "1 validation error detected: KeyId must not be null",
    );
  }
  const bare = name.startsWith("arn:") ? (name.split(":")[5] ?? "").replace(/^key\//, "") : name;
  const where = name.startsWith("arn:") ? name.split(":")[3] : region;
  const found = account.kms.keys
    .filter((key) => key.region === region && key.region === where)
    .find(({ id, aliases }) => id === bare || aliases.includes(bare));
  if (found) return found;
  const what = bare.startsWith("alias/") ? "Alias" : "Key";
  const arn = `arn:aws:kms:${region}:${account.accountId}:${bare.startsWith("alias/") ? "" : "key/"}${bare}`;
  throw new AwsError("NotFoundException", `${what} '${arn}' does not exist`);
}

/** Throws what KMS answers to the use of a key that cannot be used, or not by this caller. */
export function checkUsable(account: AwsAccount, key: KmsKey, operation: string): void {
  const arn = keyArn(account, key);
  if (key.denies.includes(operation)) {
    throw new AwsError(
      "AccessDeniedException",
      `User: ${account.caller.arn} is not authorized to perform: kms:${operation} on resource: ${arn} because no resource-based policy allows the kms:${operation} action`,
    );
  }
  if (key.state === "Enabled") return;
  if (key.state === "Disabled") throw new AwsError("DisabledException", `${arn} is disabled.`);
  const words = key.state === "PendingDeletion" ? "pending deletion" : "unavailable";
  throw new AwsError("KMSInvalidStateException", `${arn} is ${words}.`);
}
