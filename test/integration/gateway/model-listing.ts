import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { after, afterEach, beforeEach } from "node:test";
import type { ListedModel } from "../../../server/core/listed-model.ts";
import { createModelListing } from "../../../server/providers/bedrock/live-models.ts";
import { createMailbox } from "../../fakes/mailbox.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { createRecordingLog, type LogLine } from "../../fakes/recording-log.ts";
import {
  responseOf,
  type SocketRequest,
  type SocketServer,
  startSocketServer,
} from "../../fakes/socket-server.ts";

delete process.env.AWS_BEARER_TOKEN_BEDROCK;

/** The listing takes its credentials from the SDK's own chain, so a test says them in the environment. */
export function useCredentials(accessKeyId: string, secretAccessKey = "emulator"): void {
  process.env.AWS_ACCESS_KEY_ID = accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = secretAccessKey;
}

const before = { ...process.env };
beforeEach(() => useCredentials("emulator"));
after(() => {
  process.env = before;
});

export const refreshMs = 3_600_000;
const callLimitMs = 30_000;

const servers = new Set<SocketServer>();
afterEach(async () => {
  for (const server of servers) await server.close();
  servers.clear();
});

/** A server that is closed when the test is over. */
export async function serve(answer: (request: SocketRequest) => void): Promise<SocketServer> {
  const server = await startSocketServer(answer);
  servers.add(server);
  return server;
}

export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.once("close", () => resolve()));
}

type Outcome = readonly ListedModel[] | LogLine;

/** A listing whose outcomes, good and bad, can be awaited one by one. */
export function startListing(controlEndpointUrl: string) {
  const clock = createManualClock();
  const log = createRecordingLog();
  const outcomes = createMailbox<Outcome>();
  const rests = createMailbox<number>();
  const listing = createModelListing({
    region: "us-west-2",
    controlEndpointUrl,
    refreshMs,
    clock: {
      ...clock,
      after(delayMs, fire) {
        if (delayMs !== callLimitMs) rests.put(delayMs);
        return clock.after(delayMs, fire);
      },
    },
    log: {
      ...log,
      warn(fields, message) {
        log.warn(fields, message);
        outcomes.put({ level: "warn", fields, message });
      },
    },
    onListed: outcomes.put,
  });
  listing.start();
  /** Waits until the next reading is set up, and goes there. */
  const goOn = async () => {
    const restMs = await rests.next();
    clock.advance(restMs);
    return restMs;
  };
  return { clock, log, listing, outcomes, rests, goOn, [Symbol.dispose]: listing.close };
}

/** The next reading that comes; fails when it is a warning. */
export async function listed({
  outcomes,
}: ReturnType<typeof startListing>): Promise<readonly ListedModel[]> {
  const outcome = await outcomes.next();
  assert.ok(!("level" in outcome), JSON.stringify(outcome));
  return outcome;
}

/** The next warning that comes; fails when it is a reading. */
export async function warned({ outcomes }: ReturnType<typeof startListing>): Promise<LogLine> {
  const outcome = await outcomes.next();
  assert.ok("level" in outcome, "there was no warning");
  return outcome;
}

/** A control plane that answers as a test says. */
export async function startControlPlane(answer: (path: string) => object) {
  const server = await serve(({ socket }) => {
    const path = server.requests.at(-1)?.split(" ")[1] ?? "";
    socket.write(responseOf(JSON.stringify(answer(path))));
  });
  return server;
}

export function model(modelId: string) {
  return { modelId, modelArn: `arn:aws:bedrock:us-west-2::foundation-model/${modelId}` };
}

export function profile(inferenceProfileId: string, modelId: string) {
  return { inferenceProfileId, models: [{ modelArn: model(modelId).modelArn }] };
}
