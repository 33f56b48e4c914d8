/** The twelve digits of the account that the SDK's credentials belong to; undefined when AWS does not tell. */
export async function accountOf(region: string): Promise<string | undefined> {
  const { STS } = await import("@aws-sdk/client-sts");
  const sts = new STS({ region, maxAttempts: 2, requestHandler: { connectionTimeout: 3_000 } });
  try {
    return (await sts.getCallerIdentity({})).Account;
  } catch {
    return undefined;
  } finally {
    sts.destroy();
  }
}
