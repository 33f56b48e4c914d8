import type { ServiceTier } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { ModelFeature } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import type {
  Continuation,
  JsonSchemaControl,
  ReasoningControl,
  RefusableField,
} from "../../core/model-traits.ts";

/** US dollars per million tokens as decimal text, so that none is rounded: "0.035". At most nine decimals. */
export interface UsdPrice {
  readonly input: string;
  readonly output: string;
  readonly cacheRead?: string;
  /** Kept for five minutes. */
  readonly cacheWrite?: string;
  /** Kept for an hour. */
  readonly cacheWrite1h?: string;
}

/** A price and since when it holds. */
export interface DatedPrice extends UsdPrice {
  /** The first day, UTC, for example "2026-10-06"; absent for the oldest. */
  readonly from?: string;
  /** What the whole call costs when its prompt, cached tokens included, has more tokens than this. */
  readonly longPrompt?: UsdPrice & { readonly aboveTokens: number };
}

/** The first part of an inference profile's id; "" stands for the model's own id. */
export type Geography = "" | "us" | "us-gov" | "eu" | "apac" | "jp" | "au" | "ca" | "in" | "global";

/** One model as the catalogue's data tells it. What is absent is ordinary or unknown. */
export interface ModelEntry {
  /** The provider's id without a geography. */
  readonly id: string;
  /** The catalogue's name: lower case, short, unique. */
  readonly name: string;
  readonly displayName: string;
  /** Absent: bedrock. */
  readonly provider?: "bedrock" | "openai";
  /** The codec that shapes its bodies: anthropic, llama, mistral, mistral-chat, titan, nova, converse or openai. */
  readonly family: string;
  readonly aliases?: readonly string[];
  /** The geographies of its inference profiles. */
  readonly profiles?: readonly Geography[];
  /** Whether its own id can be called. Absent: only if it has no profiles. */
  readonly onDemand?: boolean;
  /** The regions that sell it by its own id, where they are known and few. Absent: not known. */
  readonly regions?: readonly string[];
  /** 0 when unknown. */
  readonly contextWindowTokens: number;
  readonly maxOutputTokens: number;
  /** Oldest first; the last one whose day has come holds. Empty: no price is known. */
  readonly prices: readonly DatedPrice[];
  /** The provider's list price, where `prices` are the setup guide's and differ. */
  readonly publicPrice?: UsdPrice;
  /** What calls through a geography cost, as a decimal multiple of `prices`: { us: "1.1" }. Absent: the same. */
  readonly factors?: Partial<Readonly<Record<Geography, string>>>;
  /** What calls through a geography cost where no factor fits; it wins over one. */
  readonly profilePrices?: Partial<Readonly<Record<Geography, UsdPrice>>>;
  /** List prices of regions that differ from `prices`, by region; they hold for calls by the model's own id. */
  readonly regionPrices?: Readonly<Record<string, UsdPrice>>;
  /** Decimal multiples for service tiers: { [ServiceTier.FLEX]: "0.5" }. */
  readonly tierFactors?: Partial<Readonly<Record<ServiceTier, string>>>;
  /** An end is announced, and new users are turned away. */
  readonly isLegacy?: boolean;
  /** The last day's following day, UTC: from then on the provider refuses it. */
  readonly endOfLife?: string;
  /** The id of the model to move to. */
  readonly replacement?: string;
  readonly features?: readonly ModelFeature[];
  readonly refuses?: readonly RefusableField[];
  readonly reasoning?: ReasoningControl;
  readonly jsonSchema?: JsonSchemaControl;
  /** Of a family whose models differ in it. */
  readonly continuation?: Continuation;
}
