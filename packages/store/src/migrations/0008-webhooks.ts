import type { Migration } from './migration.ts';

export const webhooks: Migration = {
  version: 8,
  name: 'webhooks',
  sql: `
CREATE TABLE webhooks (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  tenant TEXT,
  task TEXT,
  created_at INTEGER NOT NULL,
  record TEXT NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE INDEX webhooks_created ON webhooks (created_at);
CREATE INDEX webhooks_task ON webhooks (task);

-- What a webhook signs with. Apart from its record, so that what shows a webhook never has it in hand.
CREATE TABLE webhook_keys (
  webhook INTEGER PRIMARY KEY REFERENCES webhooks (ordinal),
  record TEXT NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

-- How far the log was looked at for webhooks: one row, or none.
CREATE TABLE webhook_notice (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  position INTEGER NOT NULL
) STRICT;

CREATE TABLE webhook_lanes (
  webhook INTEGER NOT NULL REFERENCES webhooks (ordinal),
  session TEXT NOT NULL,
  after_seq INTEGER NOT NULL,
  up_to INTEGER NOT NULL,
  due_at INTEGER,
  since INTEGER,
  has_queued INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (webhook, session)
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_lanes_due ON webhook_lanes (webhook, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE webhook_deliveries (
  ordinal INTEGER PRIMARY KEY,
  webhook INTEGER NOT NULL REFERENCES webhooks (ordinal),
  session TEXT NOT NULL,
  seq INTEGER NOT NULL,
  state TEXT NOT NULL,
  at INTEGER NOT NULL,
  record TEXT NOT NULL,
  checksum INTEGER NOT NULL,
  UNIQUE (webhook, session, seq)
) STRICT;

CREATE INDEX webhook_deliveries_at ON webhook_deliveries (webhook, at);
CREATE INDEX webhook_deliveries_state ON webhook_deliveries (webhook, state);
`,
};
