import type { JsonObject } from "../../json.ts";
import type { Lifecycle } from "../../models/lifecycle.ts";

/** How an account may use models; a region has its own word for what it does otherwise. */
export interface BedrockAccount {
  /** Which models there are, and how they stand. */
  lifecycle: Lifecycle;
  /** The day on which they stand so, `YYYY-MM-DD`; that of the emulator's clock if not said. */
  day?: string;
  /** Ids of models that the account has not subscribed to, or may not use. */
  unavailable: Record<string, "agreement" | "authorization" | "entitlement" | "region">;
  /** By region; a region without an entry inherits. */
  dataRetention: Record<
    string,
    "default" | "none" | "inherit" | "provider_data_share" | "aws_review"
  >;
  /** By region, in the form of the API; a region without an entry logs nothing. */
  invocationLogging: Record<string, JsonObject>;
}
