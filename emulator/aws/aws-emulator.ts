import { isControlPath } from "../control-door.ts";
import { createDualProtocolServer, type DualProtocolServer } from "../dual-protocol-server.ts";
import { createExchange, type Exchange, type Incoming, type Outgoing } from "../exchange.ts";
import { receiveRequest } from "../receive-request.ts";
import { type AwsOptions, type AwsSteering, createAws } from "./aws.ts";
import { answerAwsControl } from "./aws-control-door.ts";

/** How to start an AWS of its own; everything has a usual value. */
export interface AwsEmulatorOptions extends AwsOptions {
  /** Address to listen on, 127.0.0.1 if not said. */
  readonly host?: string;
  /** 0, the usual value, takes any free port. */
  readonly port?: number;
}

/** AWS's control services on loopback, all at one address. */
export interface AwsEmulator extends AwsSteering {
  /** For `AWS_ENDPOINT_URL_KMS` and its like, or the `endpoint` option of an SDK's client. */
  readonly url: string;
  readonly port: number;
  /** Cuts every connection and refuses new ones, until `restore`. */
  goDown(): Promise<void>;
  /** Listens again, at the same port. */
  restore(): Promise<void>;
  /** Ends open calls and connections, and stops listening. */
  close(): Promise<void>;
}

/** Starts an AWS; it listens when the promise resolves, and rejects when the port is taken. */
export async function createAwsEmulator(options: AwsEmulatorOptions = {}): Promise<AwsEmulator> {
  const { host = "127.0.0.1" } = options;
  const aws = createAws(options);
  const answer = (incoming: Incoming, outgoing: Outgoing) =>
    void answerRequest(incoming, createExchange(outgoing));
  const answerRequest = async (incoming: Incoming, exchange: Exchange) => {
    try {
      const request = await receiveRequest(incoming);
      if (isControlPath(request.path)) await answerAwsControl(aws, request, exchange);
      else await aws.answer(request, exchange);
    } catch {
      exchange.reset();
    }
  };
  const listen = (port: number) => createDualProtocolServer({ host, port, answer });
  let server: DualProtocolServer | undefined = await listen(options.port ?? 0);
  const { port } = server;
  const goDown = async () => {
    await server?.close();
    server = undefined;
  };
  return {
    ...aws,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    get faults() {
      return aws.faults;
    },
    goDown,
    async restore() {
      server ??= await listen(port);
    },
    close: goDown,
  };
}
