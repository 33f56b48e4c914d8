import type { ContentBlock } from "../../gen/axonflow/gateway/v1/completion_pb.ts";

type BlockKind = NonNullable<ContentBlock["block"]["case"]>;

/** What the models of a family, or of a provider, can be asked. A model's own traits narrow it. */
export interface Accepts {
  /** The family's name for people, as it stands in messages: `Claude`. */
  readonly name: string;
  /** The highest temperature. */
  readonly temperature: number;
  readonly topP: boolean;
  readonly topK: boolean;
  readonly seed: boolean;
  /** The most output tokens that any model of the family may be asked for; absent: only the catalogue knows. */
  readonly maxTokens?: number | undefined;
  /** The most stop sequences, counting those that the gateway looks for itself. */
  readonly stopSequences: number;
  /** The kinds of blocks that messages, and the tool results in them, may hold; always `text`. */
  readonly blocks: ReadonlySet<BlockKind>;
  readonly tools: boolean;
  readonly jsonSchema: boolean;
  readonly reasoning: boolean;
  readonly systemCachePoint: boolean;
}

export type { BlockKind };
