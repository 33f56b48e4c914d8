import { randomUUID } from "node:crypto";
import { createCallers } from "./callers.ts";
import type { Answer, Question } from "./door-caller.ts";
import { readStream } from "./door-caller.ts";
import type { TestGateway } from "./gateway.ts";

/** How a call ended for its caller. */
export interface SeenCall {
  /** What the call's texts are known by: they are the system's words. */
  readonly mark: string;
  readonly delivery: "unary" | "stream";
  readonly answer: Answer | undefined;
  readonly error: unknown;
}

export interface AuditLoadOptions {
  readonly gateway: Pick<TestGateway, "httpUrl" | "grpcUrl" | "licenseKey">;
  readonly random: () => number;
  /** Calls that are under way at once. */
  readonly lanes: number;
  /** Asked after each call. */
  readonly isOver: () => boolean;
  /** How many words a call asks for at most. */
  readonly mostWords?: number;
}

/** Whole answers and streams, over gRPC and REST, one after the other in each lane, until it is over. */
export async function auditLoad(options: AuditLoadOptions): Promise<readonly SeenCall[]> {
  const { gateway, random, lanes, isOver, mostWords = 20 } = options;
  const callers = createCallers(gateway).filter(({ name }) => name === "gRPC" || name === "REST");
  const seen: SeenCall[] = [];
  const below = (most: number) => Math.floor(random() * most);
  const ask = async (): Promise<SeenCall> => {
    const caller = callers[below(callers.length)];
    if (!caller) throw new Error("there is no caller");
    const mark = randomUUID();
    const question: Question = { system: mark, prompt: `Write ${1 + below(mostWords)} words.` };
    const delivery = random() < 0.5 ? "unary" : "stream";
    try {
      const answering =
        delivery === "unary" ? caller.complete(question) : readStream(caller.stream(question));
      return { mark, delivery, answer: await answering, error: undefined };
    } catch (error) {
      return { mark, delivery, answer: undefined, error };
    }
  };
  const lane = async () => {
    while (!isOver()) seen.push(await ask());
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return seen;
}

/** The texts of a request that the emulator got, as the audit log's HMAC is over them. */
export function askedTexts(body: Uint8Array): string {
  const { system, messages } = JSON.parse(Buffer.from(body).toString()) as {
    readonly system: string;
    readonly messages: readonly { readonly content: readonly { readonly text: string }[] }[];
  };
  return [system, messages[0]?.content[0]?.text ?? ""].join("\n");
}
