import type { Migration } from './migration.ts';

export const approvals: Migration = {
  version: 2,
  name: 'approvals',
  sql: `
-- What agents ask leave for. The tenant is the session's: it stands here so that a list need not join.
CREATE TABLE approvals (
  ordinal INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES sessions (ordinal),
  id TEXT NOT NULL,
  tenant TEXT,
  state TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  record TEXT NOT NULL,
  UNIQUE (session, id)
) STRICT;

CREATE INDEX approvals_requested ON approvals (requested_at);
CREATE INDEX approvals_tenant_requested ON approvals (tenant, requested_at) WHERE tenant IS NOT NULL;
CREATE INDEX approvals_session_requested ON approvals (session, requested_at);
-- Few are open and many are not: the open ones are what a page shows all the time.
CREATE INDEX approvals_state_requested ON approvals (state, requested_at);
CREATE INDEX approvals_tenant_state_requested ON approvals (tenant, state, requested_at) WHERE tenant IS NOT NULL;
`,
};
