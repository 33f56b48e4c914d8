/** Something of everything that a file can hold. */
export const fullConfiguration = `
BedrockRegion: us-east-1
BedrockFailoverRegion: [us-west-2, eu-central-1]
AllowedRegions: us-*,eu-central-1
OPENAI_API_KEY: ""
LLM_SHADOW_MODE: false
ShadowSampleRate: 0.10
HttpPort: "8082"
ModelRefreshMs: 0
routing_weights: {bedrock: 1.0}
AuditLogRetentionDays: 2555
models:
  claude-3-haiku: {input_usd: 0.25, output_usd: 1.25, cache_read_usd: "0.03"}
  arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc:
    family: anthropic
    name: our-claude
    context_window_tokens: 200000
    refuses: [temperature, seed]
    reasoning: budget
    json_schema: tool
aliases: {quick: claude-3-haiku}
routes:
  chat: {openai: gpt-6-sol, bedrock: claude-3-haiku}
policies:
  - name: texts
    type: content_filter
    applies_to: {tenants: [acme], models: "claude-*,fast"}
    filters:
      - type: pii_detection
        action: redact
        entities: [SSN, EMAIL, {entity: PHONE, action: mask, direction: response}]
        default_region: DE
      - {type: blocked_words, words: [gun, 1984, true]}
      - {type: denied_topics, topics: {betting: [odds, bet]}, direction: request, action: block}
      - {type: blocked_patterns, patterns: {ticket: 'ACME-[0-9]+'}}
      - {type: prompt_injection}
      - {type: sql_injection, direction: both}
      - {type: max_prompt_size, max_bytes: 100000}
    overrides:
      - {keys: [ops], enabled: false}
      - {tenants: acme, filters: [{type: prompt_injection}]}
  - name: strict
    type: content_filter
    assigned: true
    filters: [{type: blocked_patterns, patterns: ['x[0-9]']}]
  - name: money
    type: budget
    scope: key
    limits: {minute_cost_usd: 0.5, daily_cost_usd: 100, monthly_cost_usd: "2000"}
    zone: Europe/Berlin
    action: {downgrade: cheap}
    alerts_percent: [50, 90]
    overrides: [{keys: [billing-*], limits: {daily_cost_usd: 5}, action: warn}]
  - {name: tags, type: budget, scope: 'tag:project', rolling: true, limits: {weekly_cost_usd: 7}}
  - name: rates
    type: rate_limit
    scope: key_and_model
    limits: {requests_per_minute: 60, tokens_per_minute: 100000, concurrent_streams: 5}
    wait_ms: 0
    action: deny
keys:
  billing:
    tenant: acme
    allowed_models: [claude-*]
    allowed_providers: bedrock
    allowed_regions: [us-*]
    policies: [strict]
    budgets: {daily_cost_usd: 5, rolling: false}
    rates: {requests_per_minute: 6}
`;
