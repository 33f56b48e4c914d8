import { ratesSchema } from "./rates/rates-schema.ts";

/**
 * The versions of the schema, each the statements that lead to it from the one before. What has been released is never
 * changed. Amounts are nano-USD, times milliseconds since 1970 by the gateways' clocks; `timestamptz` is the database's.
 */
export const schemaVersions: readonly string[] = [
  `
  -- A gateway process. Its leases hold until expires_at, and while nobody has declared it lost.
  CREATE TABLE axonflow.session (
    id uuid PRIMARY KEY,
    expires_at timestamptz NOT NULL,
    -- The number of the last report that was applied: a report whose answer was lost is sent again and not applied twice.
    report bigint NOT NULL DEFAULT 0,
    lost_at timestamptz
  ) WITH (fillfactor = 50);

  -- One count in one window. leased_nano_usd is the sum of its leases and holds: spent + leased <= limit.
  CREATE TABLE axonflow.account (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    name text NOT NULL,
    start_ms bigint,
    end_ms bigint,
    length_ms bigint,
    enforced boolean NOT NULL,
    limit_nano_usd bigint NOT NULL,
    spent_nano_usd bigint NOT NULL DEFAULT 0,
    leased_nano_usd bigint NOT NULL DEFAULT 0,
    used_ms bigint NOT NULL,
    -- Counts the times that somebody without room asked the others for what lies idle.
    recall bigint NOT NULL DEFAULT 0,
    scarce_until timestamptz NOT NULL DEFAULT '-infinity'
  ) WITH (fillfactor = 50);
  CREATE INDEX ON axonflow.account (end_ms);

  -- What a rolling account spent in each sixtieth of its length.
  CREATE TABLE axonflow.bucket (
    account_id bigint NOT NULL REFERENCES axonflow.account ON DELETE CASCADE,
    step bigint NOT NULL,
    spent_nano_usd bigint NOT NULL,
    PRIMARY KEY (account_id, step)
  );

  -- What a gateway may promise without asking.
  CREATE TABLE axonflow.lease (
    account_id bigint NOT NULL REFERENCES axonflow.account,
    session_id uuid NOT NULL REFERENCES axonflow.session,
    amount_nano_usd bigint NOT NULL,
    in_use_nano_usd bigint NOT NULL,
    -- The recall at which it last held nothing idle.
    answered bigint NOT NULL,
    PRIMARY KEY (account_id, session_id)
  ) WITH (fillfactor = 50);
  CREATE INDEX ON axonflow.lease (session_id);

  -- A lease that was charged in full because its gateway was gone; less, once that turns out to live and says what it spent.
  CREATE TABLE axonflow.lost_lease (
    session_id uuid NOT NULL REFERENCES axonflow.session,
    account_id bigint NOT NULL,
    amount_nano_usd bigint NOT NULL,
    step bigint,
    usage_id text NOT NULL,
    PRIMARY KEY (session_id, account_id)
  );

  -- A call that was under way when its gateway shut down in order.
  CREATE TABLE axonflow.hold (
    id text PRIMARY KEY,
    expires_ms bigint NOT NULL,
    granted_nano_usd bigint NOT NULL,
    account_ids bigint[] NOT NULL
  );

  CREATE TABLE axonflow.usage (
    id text PRIMARY KEY,
    kind text NOT NULL,
    epoch_ms bigint NOT NULL,
    key text NOT NULL,
    tenant text NOT NULL,
    provider text NOT NULL,
    region text NOT NULL,
    model text NOT NULL,
    tags jsonb NOT NULL,
    input_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL,
    cache_read_input_tokens bigint NOT NULL,
    cache_write_input_tokens bigint NOT NULL,
    cost_nano_usd bigint NOT NULL,
    is_priced boolean NOT NULL,
    attempts bigint NOT NULL,
    succeeded boolean NOT NULL
  );
  CREATE INDEX ON axonflow.usage (epoch_ms);

  CREATE TABLE axonflow.license_key (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    tenant text NOT NULL,
    grants jsonb NOT NULL,
    sha256 bytea NOT NULL UNIQUE,
    prefix text NOT NULL,
    created_ms bigint NOT NULL,
    created_by text NOT NULL,
    revoked_ms bigint,
    replaced_by text
  );
  CREATE INDEX ON axonflow.license_key (name);

  -- Counts changes, for gateways that missed a notification.
  CREATE TABLE axonflow.change (topic text PRIMARY KEY, count bigint NOT NULL);
  INSERT INTO axonflow.change VALUES ('keys', 0);
  `,
  `
  -- The audit log: chains of sealed records. Times are by the gateways' clocks.
  CREATE TABLE axonflow.audit_segment (
    writer uuid NOT NULL,
    number bigint NOT NULL,
    first_sequence bigint NOT NULL,
    start_ms bigint NOT NULL,
    -- What is left of a segment that was shredded.
    summary bytea,
    is_swept boolean NOT NULL DEFAULT false,
    PRIMARY KEY (writer, number)
  );
  CREATE INDEX ON axonflow.audit_segment (start_ms) WHERE summary IS NULL;
  CREATE INDEX ON axonflow.audit_segment (writer, number) WHERE summary IS NOT NULL AND NOT is_swept;

  CREATE TABLE axonflow.audit_key (
    writer uuid NOT NULL,
    segment bigint NOT NULL,
    number bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (writer, segment, number)
  );

  -- By month, audit_head_2026_11 and so on: what has left the log goes as a whole table.
  CREATE TABLE axonflow.audit_head (
    writer uuid NOT NULL,
    number bigint NOT NULL,
    segment bigint NOT NULL,
    last_sequence bigint NOT NULL,
    epoch_ms bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (writer, number, epoch_ms)
  ) PARTITION BY RANGE (epoch_ms);
  CREATE INDEX ON axonflow.audit_head (writer, last_sequence);

  CREATE TABLE axonflow.audit_record (
    writer uuid NOT NULL,
    sequence bigint NOT NULL,
    segment bigint NOT NULL,
    epoch_ms bigint NOT NULL,
    kind smallint NOT NULL,
    request uuid,
    -- What is encrypted cannot be compressed.
    bytes bytea NOT NULL,
    PRIMARY KEY (writer, sequence, epoch_ms)
  ) PARTITION BY RANGE (epoch_ms);
  ALTER TABLE axonflow.audit_record ALTER bytes SET STORAGE EXTERNAL;
  -- By kind first: what is rare is found among millions of calls.
  CREATE INDEX ON axonflow.audit_record (kind, epoch_ms);
  CREATE INDEX ON axonflow.audit_record (request) WHERE request IS NOT NULL;
  `,
  `
  -- Answers that are kept for their repetition, sealed with what only their callers know. UNLOGGED: they last for minutes,
  -- and a crash of the database may cost them.
  CREATE UNLOGGED TABLE axonflow.shared_answer (
    name bytea PRIMARY KEY,
    mark bytea NOT NULL,
    -- Which claim it is, while the call runs.
    claim uuid NOT NULL,
    -- Until when it stands, by the database's clock.
    until timestamptz NOT NULL,
    sealed bytea
  );
  ALTER TABLE axonflow.shared_answer ALTER sealed SET STORAGE EXTERNAL;
  CREATE INDEX ON axonflow.shared_answer (until);

  -- One row: what tokens are made with that stand for values in such answers.
  CREATE TABLE axonflow.shared_secret (is_only boolean PRIMARY KEY CHECK (is_only), bytes bytea NOT NULL);
  `,
  ratesSchema,
];
