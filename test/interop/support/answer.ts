/** The question of the setup guide. */
export const question = "What is the capital of France?";

/** What the emulator answers to it: 8 tokens in, 6 out. */
export const answer = "The capital of France is Paris.";

/** A request id. */
export const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
