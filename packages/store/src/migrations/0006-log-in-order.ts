import type { Migration } from './migration.ts';

export const logInOrder: Migration = {
  version: 6,
  name: 'log-in-order',
  sql: `
-- The log lies in the order it is written: an append touches the last pages only, whichever sessions it is for, and is
-- half as dear as into a tree by session. A batch of a session still lies together, so it is read about as fast; what
-- finds it by session is narrow. No reference to sessions: its row in session_logs has one, and is read first.
CREATE TABLE placed_events (
  position INTEGER PRIMARY KEY,
  session INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  type TEXT NOT NULL,
  level TEXT NOT NULL,
  at INTEGER NOT NULL,
  tool_execution_id TEXT,
  chain INTEGER NOT NULL,
  json TEXT NOT NULL
) STRICT;
INSERT INTO placed_events
  SELECT position, session, seq, type, level, at, tool_execution_id, chain, json FROM events ORDER BY position;
DROP TABLE events;
ALTER TABLE placed_events RENAME TO events;
CREATE UNIQUE INDEX events_session ON events (session, seq);
`,
};
