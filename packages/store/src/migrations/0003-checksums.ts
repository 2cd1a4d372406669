import { type Chain, chainAfter, checksumOf, sealOf } from '../integrity/chain.ts';
import type { Migration } from './migration.ts';

export const checksums: Migration = {
  version: 3,
  name: 'checksums',
  // The rows of a session are asked for in their order, so the chain of the row before is at hand.
  functions: () => {
    let session: unknown;
    let chain: Chain = 0;
    return {
      checksum_of: (record) => checksumOf(String(record)),
      chain_of: (of, json) => {
        chain = chainAfter(String(json), of === session ? chain : 0);
        session = of;
        return chain;
      },
      seal_of: (last_seq, journal_offset, newest) =>
        sealOf({
          last_seq: Number(last_seq),
          journal_offset: Number(journal_offset),
          chain: Number(newest),
          pruned_seq: 0,
          pruned_chain: 0,
        }),
    };
  },
  sql: `
-- chain: the CRC-32 of the session's events up to this one. It stands before json, which stays last.
CREATE TABLE chained_events (
  session INTEGER NOT NULL REFERENCES sessions (ordinal),
  seq INTEGER NOT NULL,
  position INTEGER NOT NULL,
  type TEXT NOT NULL,
  level TEXT NOT NULL,
  at INTEGER NOT NULL,
  tool_execution_id TEXT,
  chain INTEGER NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO chained_events
  SELECT session, seq, position, type, level, at, tool_execution_id, chain_of(session, json), json
  FROM events ORDER BY session, seq;
DROP TABLE events;
ALTER TABLE chained_events RENAME TO events;
CREATE UNIQUE INDEX events_position ON events (position);

-- The chain of the newest event, and number and chain of the last one that was pruned; seal is the CRC-32 of the row.
ALTER TABLE session_logs ADD COLUMN chain INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session_logs ADD COLUMN pruned_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session_logs ADD COLUMN pruned_chain INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session_logs ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
UPDATE session_logs SET chain = coalesce(
  (SELECT chain FROM events WHERE events.session = session_logs.session ORDER BY seq DESC LIMIT 1), 0
);
UPDATE session_logs SET seal = seal_of(last_seq, journal_offset, chain);

-- The CRC-32 of what each row keeps as JSON.
ALTER TABLE tasks ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE approvals ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE drafts ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE repositories ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE replies ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE tasks SET checksum = checksum_of(record);
UPDATE sessions SET checksum = checksum_of(record);
UPDATE approvals SET checksum = checksum_of(record);
UPDATE drafts SET checksum = checksum_of(record);
UPDATE repositories SET checksum = checksum_of(record);
UPDATE replies SET checksum = checksum_of(reply);
`,
};
