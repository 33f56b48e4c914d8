/** The kinds of key that the emulated KMS has. */
export type KmsKeySpec = "SYMMETRIC_DEFAULT" | "ECC_NIST_P256" | "ECC_NIST_EDWARDS25519";

/** One key of KMS; a test changes its state while the emulator runs. */
export interface KmsKey {
  /** The key id; its material follows from it, so that an emulator that starts anew still opens what it sealed. */
  id: string;
  region: string;
  spec: KmsKeySpec;
  state: "Enabled" | "Disabled" | "PendingDeletion" | "Unavailable";
  /** Names such as `alias/axonflow-audit`. */
  aliases: string[];
  manager: "CUSTOMER" | "AWS";
  /** Whether its material changes by itself, and every how many days. */
  rotates: boolean;
  rotationPeriodDays?: number;
  /** Operations that its key policy denies, such as `Decrypt`. */
  denies: string[];
}

/** A good key of the given kind; `changes` say what is not usual. */
export function kmsKey(changes: Partial<KmsKey> & Pick<KmsKey, "id">): KmsKey {
  return {
    region: "us-east-1",
    spec: "SYMMETRIC_DEFAULT",
    state: "Enabled",
    aliases: [],
    manager: "CUSTOMER",
    rotates: changes.spec === undefined || changes.spec === "SYMMETRIC_DEFAULT",
    rotationPeriodDays: 365,
    denies: [],
    ...changes,
  };
}
