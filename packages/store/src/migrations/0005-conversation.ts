import type { Migration } from './migration.ts';

export const conversation: Migration = {
  version: 5,
  name: 'conversation',
  sql: `
-- What is kept of a conversation beside its events. seq is the event a row is about, with which it goes; 0 is none.
CREATE TABLE conversation (
  session INTEGER NOT NULL REFERENCES sessions (ordinal),
  part TEXT NOT NULL,
  seq INTEGER NOT NULL,
  id TEXT NOT NULL,
  record TEXT NOT NULL,
  checksum INTEGER NOT NULL,
  UNIQUE (session, part, seq, id)
) STRICT;
`,
};
