import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ServiceTier } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { audit } from "../../server/audit/audit.ts";
import { noAuditLog } from "../../server/core/audit-log.ts";
import { buildPipeline } from "../../server/pipeline.ts";
import { answerSchema } from "../../server/policies/answer-schema/answer-schema.ts";
import { createSchemaChecker } from "../../server/policies/answer-schema/schema-checker.ts";
import { attemptBudget } from "../../server/policies/budget/attempt-budget.ts";
import { budget } from "../../server/policies/budget/budget.ts";
import { contentFilter } from "../../server/policies/content-filter/content-filter.ts";
import { createBuckets } from "../../server/policies/rate-limit/buckets.ts";
import { createLimiter } from "../../server/policies/rate-limit/limiter.ts";
import { rateLimit } from "../../server/policies/rate-limit/rate-limit.ts";
import { redactRequest } from "../../server/policies/redact-request.ts";
import { redactResponse } from "../../server/policies/redact-response.ts";
import { attemptTimeout } from "../../server/resilience/attempt-timeout.ts";
import { circuitBreaker } from "../../server/resilience/circuit-breaker.ts";
import { deadline } from "../../server/resilience/deadline.ts";
import { createEndpointRecords } from "../../server/resilience/endpoint-records.ts";
import { failover } from "../../server/resilience/failover.ts";
import { hop } from "../../server/resilience/hop.ts";
import { idempotency } from "../../server/resilience/idempotency.ts";
import { createIdempotencyStore } from "../../server/resilience/idempotency-store.ts";
import { resume } from "../../server/resilience/resume.ts";
import { retry } from "../../server/resilience/retry.ts";
import { createRetryBudget } from "../../server/resilience/retry-budget.ts";
import { router } from "../../server/routing/router.ts";
import { createShadow } from "../../server/shadow/shadow.ts";
import { attemptSpan } from "../../server/telemetry/attempt-span.ts";
import { bodyLog } from "../../server/telemetry/body-log.ts";
import { noTelemetry } from "../../server/telemetry/telemetry.ts";
import { trace } from "../../server/telemetry/trace.ts";
import { sampleFunding } from "../fakes/budgets.ts";
import { createManualClock } from "../fakes/manual-clock.ts";
import { samplePolicies } from "../fakes/policies.ts";
import { createRecordingLog } from "../fakes/recording-log.ts";
import { createRecordingTracer } from "../fakes/recording-tracer.ts";
import { scriptedHandler } from "../fakes/scripted-handler.ts";
import { sampleShadowOptions } from "../fakes/shadow-options.ts";

describe("the pipeline", () => {
  it("has its layers in the order that the house argues for, each with its reason", () => {
    const clock = createManualClock();
    const store = createIdempotencyStore({ clock, ttlMs: 1, maxBytes: 1 });
    const records = createEndpointRecords({ clock });
    const retryBudget = createRetryBudget({ clock, sharePercent: 10, floor: 10 });
    const backoff = { baseMs: 1, limitMs: 1, retryAfterLimitMs: 1, random: Math.random };
    const circuit = { failures: 1, openMs: 1, openLimitMs: 1 };
    const policiesFor = () => samplePolicies();
    const ruleBook = () => undefined;
    const { layers } = buildPipeline(
      {
        trace: trace({ tracer: createRecordingTracer() }),
        deadline: deadline({ clock }),
        rateLimit: rateLimit({
          policiesFor,
          limiter: createLimiter({ clock, buckets: createBuckets({ clock }) }),
        }),
        redactRequest: redactRequest({ ruleBook, secret: Buffer.from("secret"), onSighting() {} }),
        bodyLog: bodyLog({ log: createRecordingLog(), isOn: true }),
        audit: audit({ log: noAuditLog, clock, configuration: "", bodies: false }),
        redactResponse: redactResponse({ clock, ruleBook, onSighting() {} }),
        contentFilter: contentFilter({ clock, policiesFor }),
        idempotency: idempotency({ clock, store, runLimitMs: 1 }),
        answerSchema: answerSchema({ checker: createSchemaChecker() }),
        router: router({ routes: () => assert.fail("nothing is routed") }),
        budget: budget({ ...sampleFunding(), policiesFor, routeTo: () => assert.fail() }),
        shadow: createShadow(sampleShadowOptions({ clock })).layer,
        resume: resume({ isOn: true }),
        failover: failover({ clock, records }),
        retry: retry({ clock, tries: 2, backoff, budget: retryBudget, records }),
        attemptSpan: attemptSpan({
          clock,
          telemetry: noTelemetry,
          facts: { addressOf: () => undefined, guardrailOf: () => undefined },
        }),
        hop: hop({ clock }),
        attemptBudget: attemptBudget({ usualTier: () => ServiceTier.UNSPECIFIED }),
        circuitBreaker: circuitBreaker({ clock, records, circuit, firstEventTimeoutMs: 1 }),
        attemptTimeout: attemptTimeout({ clock, firstEventTimeoutMs: 1, idleTimeoutMs: 1 }),
      },
      scriptedHandler().handle,
    );
    const order =
      "trace deadline rateLimit redactRequest bodyLog audit redactResponse contentFilter idempotency answerSchema router budget shadow resume failover retry attemptSpan hop attemptBudget circuitBreaker attemptTimeout".split(
        " ",
      );
    assert.deepEqual(
      layers.map(({ name }) => name),
      order,
    );
    for (const { name, reason } of layers) {
      assert.match(reason, /^[A-Z].{20,}\.$/, `no reason for ${name}`);
    }
  });
});
