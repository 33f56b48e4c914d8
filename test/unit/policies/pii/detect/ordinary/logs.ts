import { type Random, two } from "./random.ts";

/** A line of a log as servers, proxies, databases and kernels write them. */
export function logLine(random: Random): string {
  return random.pick(forms)(random);
}

type Form = (random: Random) => string;

const forms: readonly [Form, ...Form[]] = [
  (random) =>
    `${stamp(random)} INFO  [worker-${random.int(1, 64)}] request ${random.uuid()} took ${random.int(1, 9999)} ms`,
  (random) =>
    `${stamp(random)} WARN  pool ${ip(random)}:${port(random)} has ${random.int(0, 500)} of 500 connections`,
  (random) =>
    `${ip(random)} - - [${two(random.int(1, 28))}/Nov/2026:${clock(random)} +0000] "GET /v1/orders/${random.digits(random.int(5, 11))} HTTP/1.1" ${status(random)} ${random.digits(random.int(2, 6))} "-" "Mozilla/5.0 (X11; Linux x86_64; rv:${random.int(90, 140)}.0)"`,
  (random) =>
    `${ip(random)} "POST /v1/complete HTTP/1.1" ${status(random)} ${random.digits(3)} ${random.digits(4)}`,
  (random) =>
    `GET /orders?id=${random.digits(10)}&page=${random.int(1, 90)} ${status(random)} ${random.digits(3)} ${random.digits(4)}`,
  (random) =>
    `ts=${epoch(random)} level=info msg="cache miss" key=${random.hex(32)} ttl=${random.digits(5)} size=${random.digits(6)}`,
  (random) =>
    `{"time":${epoch(random)}${random.digits(3)},"level":30,"pid":${random.digits(5)},"reqId":"${random.uuid()}","bytes":${random.digits(7)},"ms":${random.decimal(0, 900, 6)}}`,
  (random) =>
    `{"ts":"${stamp(random)}","trace_id":"${random.hex(32)}","span_id":"${random.hex(16)}","offset":${random.digits(9)},"partition":${random.int(0, 63)}}`,
  (random) =>
    `[${random.decimal(1, 99_999, 6)}] eth0: link up, ${random.int(1, 100)} Gbps, MAC ${Array.from({ length: 6 }, () => random.hex(2)).join(":")}`,
  (random) =>
    `${epoch(random)}${random.digits(6)} commit ${random.hex(40)} ${random.digits(4)}+ ${random.digits(3)}-`,
  (random) => `${epoch(random)}${random.digits(9)} tick`,
  (random) =>
    `    at Object.run (/srv/app/node_modules/left-pad@1.${random.int(0, 9)}.${random.int(0, 9)}/index.js:${random.digits(3)}:${random.int(1, 99)})`,
  (random) =>
    `WARN  closing com.example.Order@${random.hex(8)}: it was idle for ${random.digits(5)} ms`,
  (random) =>
    `goroutine ${random.digits(5)} [running]: main.go:${random.digits(3)} +0x${random.hex(4)}`,
  (random) =>
    `${clock(random)}.${random.digits(3)} [${random.digits(5)}] LOG:  duration: ${random.decimal(0, 4000, 3)} ms  statement: SELECT * FROM t WHERE id = ${random.digits(random.int(3, 11))}`,
  (random) =>
    `Nov ${random.int(1, 28)} ${clock(random)} host-${random.digits(3)} sshd[${random.digits(5)}]: session opened for uid ${random.digits(4)} from ${ip(random)} port ${port(random)}`,
  (random) =>
    `systemd[1]: Started user@${random.int(1000, 9999)}.service - User Manager for UID ${random.digits(4)}.`,
  (random) =>
    `kernel: Out of memory: process ${random.digits(6)} total-vm:${random.digits(8)}kB, anon-rss:${random.digits(7)}kB`,
  (random) =>
    `pulled registry.example/app@sha256:${random.hex(64)} in ${random.decimal(0, 90, 2)}s`,
  (random) =>
    `rx ${random.digits(9)} tx ${random.digits(10)} errors ${random.int(0, 9)} dropped ${random.digits(3)}`,
  (random) =>
    `cpu ${random.digits(7)} ${random.digits(4)} ${random.digits(6)} ${random.digits(9)} ${random.digits(5)} 0 ${random.digits(4)}`,
  (random) =>
    `quantiles 0.5=${random.decimal(0, 9, 4)} 0.9=${random.decimal(9, 99, 4)} 0.99=${random.decimal(99, 999, 4)}`,
  (random) =>
    `arn:aws:bedrock:us-east-1:${random.digits(12).replace(/^[56]/, "1")}:inference-profile/us.model-v1:0`,
  (random) =>
    `${stamp(random)} retry in ${random.digits(3)}ms (attempt ${random.int(1, 9)}/9) ${random.hex(8)}-${random.digits(4)}`,
  (random) => `snowflake=1${random.digits(18)} shard=${random.int(0, 255)} seq=${random.digits(4)}`,
  (random) =>
    `2001:db8:${random.hex(4)}::${random.hex(4)} -> 2001:db8::${random.hex(4)} len ${random.digits(4)} ttl ${random.int(30, 64)}`,
];

function stamp(random: Random): string {
  const day = `2026-${two(random.int(1, 12))}-${two(random.int(1, 28))}`;
  return `${day}T${clock(random)}.${random.digits(3)}${random.pick(["Z", "+01:00", "-0800"])}`;
}

function clock(random: Random): string {
  return `${two(random.int(0, 23))}:${two(random.int(0, 59))}:${two(random.int(0, 59))}`;
}

/** Seconds between 2001 and 2033. */
function epoch(random: Random): string {
  return String(random.int(1_000_000_000, 1_999_999_999));
}

function ip(random: Random): string {
  return Array.from({ length: 4 }, () => random.int(0, 255)).join(".");
}

function port(random: Random): number {
  return random.int(1024, 65_535);
}

function status(random: Random): number {
  return random.pick([200, 201, 204, 301, 304, 400, 401, 403, 404, 409, 429, 500, 502, 503]);
}
