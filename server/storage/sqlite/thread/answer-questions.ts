import { parentPort } from "node:worker_threads";
import type { Answered, Asked } from "../asked-thread.ts";
import { refusalOf } from "./refusal-of.ts";

/** What a thread holds open, and how it answers. */
export interface Answering<Question> {
  answer(question: Question): unknown;
  close(): void;
}

/** The whole of a thread that is asked: opens, answers one question after the other, and ends when it is told to. */
export function answerQuestions<Question>(open: () => Answering<Question>): void {
  const say = (words: Answered) => parentPort?.postMessage(words);
  try {
    const { answer, close } = open();
    parentPort?.on("message", (asked: Asked<Question> | "close") => {
      if (asked !== "close") return say(answered(asked, answer));
      close();
      parentPort?.close();
    });
  } catch (error) {
    say(refusalOf(error));
    parentPort?.close();
  }
}

function answered<Question>(
  { number, question }: Asked<Question>,
  answer: (question: Question) => unknown,
): Answered {
  try {
    return { number, answer: answer(question) };
  } catch (error) {
    return { number, failure: error instanceof Error ? error.message : String(error) };
  }
}
