/** Each step is run once, in its order, and never changed afterwards. Amounts are nano-USD, times milliseconds since 1970. */
export const ledgerSchema: readonly string[] = [
  `
  CREATE TABLE account (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    start_ms INTEGER,
    end_ms INTEGER,
    length_ms INTEGER,
    limit_nano_usd INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE spent (
    account_key TEXT NOT NULL,
    step INTEGER NOT NULL,
    nano_usd INTEGER NOT NULL,
    PRIMARY KEY (account_key, step)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE hold (
    id TEXT PRIMARY KEY,
    granted_nano_usd INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    account_keys TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE usage (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    epoch_ms INTEGER NOT NULL,
    key TEXT NOT NULL,
    tenant TEXT NOT NULL,
    provider TEXT NOT NULL,
    region TEXT NOT NULL,
    model TEXT NOT NULL,
    tags TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cache_read_input_tokens INTEGER NOT NULL,
    cache_write_input_tokens INTEGER NOT NULL,
    cost_nano_usd INTEGER NOT NULL,
    is_priced INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    succeeded INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX usage_by_time ON usage (epoch_ms);
  CREATE TABLE progress (batch INTEGER NOT NULL) STRICT;
  INSERT INTO progress VALUES (0);
  CREATE TABLE license_key (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    tenant TEXT NOT NULL,
    grants TEXT NOT NULL,
    sha256 BLOB NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    revoked_ms INTEGER,
    replaced_by TEXT
  ) STRICT, WITHOUT ROWID;
  `,
];
