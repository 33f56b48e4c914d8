import { BedrockException } from "./bedrock-exception.ts";
import type { RunCall } from "./call-runner.ts";
import { isControlPath } from "./control-door.ts";
import { createExchange, type Exchange, type Incoming, type Outgoing } from "./exchange.ts";
import { receiveRequest } from "./receive-request.ts";
import { refuse } from "./refuse.ts";

/** Where requests come in; it remembers the open ones, so that they can be ended together. */
export interface Doors {
  answer(incoming: Incoming, outgoing: Outgoing): void;
  abortAll(): void;
}

/** Creates the way from the server to the Bedrock door and the control door. */
export function createDoors(runCall: RunCall, answerControl: RunCall): Doors {
  const open = new Set<Exchange>();
  return {
    answer(incoming, outgoing) {
      const exchange = createExchange(outgoing);
      open.add(exchange);
      outgoing.once("close", () => open.delete(exchange));
      void answerRequest(incoming, exchange, runCall, answerControl);
    },
    abortAll() {
      for (const exchange of open) exchange.abort("emulator");
    },
  };
}

/** A request that breaks off while it is read never happened. */
async function answerRequest(
  incoming: Incoming,
  exchange: Exchange,
  runCall: RunCall,
  answerControl: RunCall,
): Promise<void> {
  try {
    const request = await receiveRequest(incoming);
    const answer = isControlPath(request.path) ? answerControl : runCall;
    await answer(request, exchange);
  } catch (error) {
    if (exchange.signal.aborted) return;
    const isRefusal = error instanceof BedrockException;
    const exception = isRefusal ? error : new BedrockException("InternalFailure");
    await refuse(exchange, exception.refusal);
  }
}
