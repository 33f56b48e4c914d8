import { describe } from "node:test";
import type { BedrockClientOptions } from "../../server/providers/bedrock/client.ts";
import type { Transport } from "../../server/providers/bedrock/transport/transport.ts";
import { answers } from "./bedrock-transport/answers.ts";
import { authentication } from "./bedrock-transport/authentication.ts";
import { connections } from "./bedrock-transport/connections.ts";
import { faults } from "./bedrock-transport/faults.ts";
import { leaving } from "./bedrock-transport/leaving.ts";
import { requests } from "./bedrock-transport/requests.ts";

/** A transport, and what the suite must know about it. */
export interface TransportCase {
  readonly name: string;
  create(options: BedrockClientOptions): Transport;
  /** Whether deltas that came in one read come in one batch. */
  readonly batches: boolean;
  /** Whether the call that learns that a clock is wrong is answered itself, or only the one after it. */
  readonly healsAtOnce: boolean;
}

/** What every transport to Bedrock must do: the exported suite of the interface `Transport`. */
export function describeTransport(subject: TransportCase): void {
  describe(`the ${subject.name} transport`, () => {
    requests(subject);
    answers(subject);
    faults(subject);
    leaving(subject);
    connections(subject);
    authentication(subject);
  });
}
