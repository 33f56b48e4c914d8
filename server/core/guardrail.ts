/**
 * How `provider_finish_reason` says that an Amazon Bedrock guardrail withheld or changed the answer; Converse's own word
 * (AWS: Converse, `stopReason`), which the provider uses for InvokeModel too.
 */
export const guardrailIntervened = "guardrail_intervened";
