import { once } from "node:events";
import { get } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Where a gateway listens. */
export interface Backend {
  readonly httpUrl: string;
  readonly grpcUrl: string;
}

/**
 * A load balancer for TCP in front of gateways, as AWS's NLB is one: it knows connections and no calls, asks each gateway for
 * `/readyz`, and sends new connections to the ready one that has the fewest. It never moves or repeats anything.
 */
export interface Balancer extends Backend {
  /** Takes a gateway in; resolves when it has been seen ready. */
  add(backend: Backend): Promise<void>;
  /** Forgets a gateway that has ended. */
  remove(backend: Backend): void;
  /** Connections that no gateway took; callers see them as broken. */
  readonly lost: number;
  /** How many connections each gateway has had, in the order in which they were added. */
  readonly taken: readonly number[];
  close(): Promise<void>;
}

type Door = keyof Backend;

interface Member {
  readonly backend: Backend;
  isReady: boolean;
  isGone: boolean;
  open: number;
  taken: number;
}

/** How often it asks whether a gateway is ready. */
const lookEveryMs = 50;

export async function startBalancer(): Promise<Balancer> {
  const members: Member[] = [];
  const everyone: Member[] = [];
  const sockets = new Set<Socket>();
  let lost = 0;

  const choose = (): Member | undefined =>
    members.filter(({ isReady }) => isReady).toSorted((a, b) => a.open - b.open)[0];

  const join = (client: Socket, door: Door) => {
    const member = choose();
    if (!member) {
      lost += 1;
      return void client.destroy();
    }
    member.open += 1;
    member.taken += 1;
    const { hostname, port } = new URL(member.backend[door]);
    const upstream = connect({ host: hostname, port: Number(port), noDelay: true });
    upstream.once("connectionAttemptFailed", () => {
      lost += 1;
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.once("close", () => {
        sockets.delete(from);
        to.destroySoon();
      });
    }
    upstream.once("close", () => {
      member.open -= 1;
    });
  };
  const http = await listen((client) => join(client, "httpUrl"));
  const grpc = await listen((client) => join(client, "grpcUrl"));
  let isClosed = false;
  const watch = async (member: Member, seen: () => void): Promise<void> => {
    while (!member.isGone && !isClosed) {
      member.isReady = await isReady(member.backend);
      if (member.isReady) seen();
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  };

  return {
    httpUrl: urlOf(http),
    grpcUrl: urlOf(grpc),
    async add(backend) {
      const member = { backend, isReady: false, isGone: false, open: 0, taken: 0 };
      members.push(member);
      everyone.push(member);
      await new Promise<void>((resolve) => void watch(member, resolve));
    },
    remove(backend) {
      const at = members.findIndex((member) => member.backend === backend);
      const [member] = at < 0 ? [] : members.splice(at, 1);
      if (member) member.isGone = true;
    },
    get lost() {
      return lost;
    },
    get taken() {
      return everyone.map(({ taken }) => taken);
    },
    async close() {
      isClosed = true;
      for (const socket of sockets) socket.destroy();
      await Promise.all([http, grpc].map((server) => once(server.close(), "close")));
    },
  };
}

async function listen(taken: (client: Socket) => void): Promise<Server> {
  const server = createServer({ noDelay: true }, taken).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Asked over a connection of its own, as load balancers do. */
function isReady({ httpUrl }: Backend): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = get(`${httpUrl}/readyz`, { agent: false, timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asking.on("timeout", () => asking.destroy());
    asking.on("error", () => resolve(false));
  });
}
