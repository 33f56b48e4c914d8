import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createCensus } from "../../../../server/edge/transport/census.ts";
import { type Connection, createConnection } from "../../../../server/edge/transport/connection.ts";
import { createTrustedProxies } from "../../../../server/edge/transport/trusted-proxies.ts";

const proxies = createTrustedProxies([]);
const log = { debug() {}, info() {}, warn() {}, error() {} };

/** A socket that says when it is destroyed, at once. */
function fakeSocket() {
  const socket = Object.assign(new EventEmitter(), {
    isEnded: false,
    destroy() {
      socket.isEnded = true;
      socket.emit("close");
    },
  });
  return socket;
}

interface Guest {
  readonly connection: Connection;
  readonly socket: ReturnType<typeof fakeSocket>;
}

function arrive(census: ReturnType<typeof createCensus>): Guest & { readonly isIn: boolean } {
  const socket = fakeSocket();
  const connection = createConnection("203.0.113.9", proxies);
  const isIn = census.admit(socket as unknown as Socket, connection);
  return { connection, socket, isIn };
}

describe("the census of connections", () => {
  it("never holds more than its limit, and never puts out who showed a key", () => {
    const step = fc.constantFrom("arrive", "recognise", "leave");
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(step, { maxLength: 60 }),
        (limit, steps) => {
          const census = createCensus({ limit, log });
          const inside: Guest[] = [];
          const isHere = ({ socket }: Guest) => !socket.isEnded;
          for (const [index, what] of steps.entries()) {
            const here = inside.filter(isHere);
            const one = here[index % here.length];
            if (what === "arrive") {
              const knownBefore = here.filter(({ connection }) => connection.isKnown);
              const guest = arrive(census);
              assert.equal(guest.isIn, knownBefore.length < limit);
              assert.ok(knownBefore.every(isHere));
              inside.push(guest);
            } else if (what === "recognise" && one) one.connection.isKnown = true;
            else if (what === "leave" && one) one.socket.destroy();
            assert.equal(census.size, inside.filter(isHere).length);
            assert.ok(census.size <= limit);
          }
        },
      ),
    );
  });

  it("puts out the oldest stranger first", () => {
    const census = createCensus({ limit: 2, log });
    const [first, second] = [arrive(census), arrive(census)];
    arrive(census);
    assert.deepEqual([first.socket.isEnded, second.socket.isEnded], [true, false]);
  });
});
