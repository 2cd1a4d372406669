import type { Migration } from './migration.ts';

export const retention: Migration = {
  version: 4,
  name: 'retention',
  sql: `
-- bytes: what the events of the log take (UTF-8 of their JSON). oldest_at: when the oldest that is there happened.
-- pruned_position: the position of the last that was pruned.
ALTER TABLE session_logs ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session_logs ADD COLUMN oldest_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session_logs ADD COLUMN pruned_position INTEGER NOT NULL DEFAULT 0;
UPDATE session_logs SET
  bytes = coalesce((SELECT sum(octet_length(json)) FROM events WHERE events.session = session_logs.session), 0),
  oldest_at = coalesce(
    (SELECT at FROM events WHERE events.session = session_logs.session ORDER BY seq LIMIT 1), 0
  );

-- The same of all logs together, in one row.
CREATE TABLE log_usage (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  bytes INTEGER NOT NULL
) STRICT;
INSERT INTO log_usage SELECT 1, coalesce(sum(bytes), 0) FROM session_logs;

-- The highest position that was pruned of each tenant; by '' that of the whole host.
CREATE TABLE log_floors (
  tenant TEXT PRIMARY KEY,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
