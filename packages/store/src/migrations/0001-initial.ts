import type { Migration } from './migration.ts';

export const initial: Migration = {
  version: 1,
  name: 'initial',
  sql: `
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tasks (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  tenant TEXT,
  record TEXT NOT NULL
) STRICT;

-- What filters and sorts ask for stands beside the record. labels and prompt_digest tell whether the tables that are
-- derived from them must be written again.
CREATE TABLE sessions (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  task TEXT NOT NULL REFERENCES tasks (id),
  tenant TEXT,
  project TEXT,
  agent TEXT NOT NULL,
  repo TEXT,
  status TEXT NOT NULL,
  archived INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  labels TEXT NOT NULL,
  prompt_digest TEXT NOT NULL,
  record TEXT NOT NULL
) STRICT;

-- Every index ends with the ordinal, which breaks ties. Lists hide archived sessions unless asked, so most indexes
-- leave them out; what a save changes often (updated_at) is in as few of them as lists can do with.
CREATE INDEX sessions_task ON sessions (task);
CREATE INDEX sessions_created ON sessions (created_at);
CREATE INDEX sessions_updated ON sessions (updated_at);
CREATE INDEX sessions_tenant_created ON sessions (tenant, created_at) WHERE tenant IS NOT NULL;
CREATE INDEX sessions_shown_created ON sessions (created_at) WHERE archived = 0;
CREATE INDEX sessions_shown_updated ON sessions (updated_at) WHERE archived = 0;
CREATE INDEX sessions_shown_status_created ON sessions (status, created_at) WHERE archived = 0;
CREATE INDEX sessions_shown_status_updated ON sessions (status, updated_at) WHERE archived = 0;
CREATE INDEX sessions_shown_agent_created ON sessions (agent, created_at) WHERE archived = 0;
CREATE INDEX sessions_shown_tenant_created ON sessions (tenant, created_at) WHERE archived = 0 AND tenant IS NOT NULL;
CREATE INDEX sessions_shown_tenant_updated ON sessions (tenant, updated_at) WHERE archived = 0 AND tenant IS NOT NULL;
CREATE INDEX sessions_shown_project_created ON sessions (project, created_at) WHERE archived = 0 AND project IS NOT NULL;
CREATE INDEX sessions_shown_repo_created ON sessions (repo, created_at) WHERE archived = 0 AND repo IS NOT NULL;
CREATE INDEX sessions_live ON sessions (created_at)
  WHERE status NOT IN ('stopped', 'completed', 'failed', 'cancelled');

CREATE TABLE session_labels (
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  session INTEGER NOT NULL REFERENCES sessions (ordinal),
  PRIMARY KEY (name, value, session)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_labels_session ON session_labels (session);

-- The words come from core already split and folded; this tokenizer only parts them at the blanks between.
CREATE VIRTUAL TABLE session_words USING fts5 (
  words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);

-- Apart from the sessions, because every batch of events changes it and a record may be large.
CREATE TABLE session_logs (
  session INTEGER PRIMARY KEY REFERENCES sessions (ordinal),
  last_seq INTEGER NOT NULL,
  journal_offset INTEGER NOT NULL
) STRICT;

-- The log lies together by session, as it is read. json comes last, so that filters do not touch it.
CREATE TABLE events (
  session INTEGER NOT NULL REFERENCES sessions (ordinal),
  seq INTEGER NOT NULL,
  position INTEGER NOT NULL,
  type TEXT NOT NULL,
  level TEXT NOT NULL,
  at INTEGER NOT NULL,
  tool_execution_id TEXT,
  json TEXT NOT NULL,
  PRIMARY KEY (session, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX events_position ON events (position);

CREATE TABLE event_keys (
  session INTEGER NOT NULL REFERENCES sessions (ordinal),
  key TEXT NOT NULL,
  PRIMARY KEY (session, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE drafts (
  ordinal INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  tenant TEXT,
  updated_at INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX drafts_updated ON drafts (updated_at);
CREATE INDEX drafts_tenant_updated ON drafts (tenant, updated_at) WHERE tenant IS NOT NULL;

-- Every repository is there once for the whole host (tenant '') and once for each tenant that used it.
CREATE TABLE repositories (
  ordinal INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  last_used_at INTEGER NOT NULL,
  record TEXT NOT NULL,
  UNIQUE (tenant, id)
) STRICT;
CREATE INDEX repositories_used ON repositories (tenant, last_used_at);

CREATE TABLE replies (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  stored_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  reply TEXT NOT NULL,
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX replies_expiry ON replies (expires_at);
`,
};
