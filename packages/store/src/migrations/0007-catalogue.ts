import type { Project } from '@agent-harbor/api-contract/schemas';
import { repositoryOf, timestamp } from '@agent-harbor/core';
import { checksumOf } from '../integrity/chain.ts';
import { comparable } from '../tables.ts';
import type { Migration } from './migration.ts';

export const catalogue: Migration = {
  version: 7,
  name: 'catalogue',
  functions: () => ({
    checksum_of: (record) => checksumOf(String(record)),
    project_record: (tenant, id, first, last) =>
      JSON.stringify({
        id: spoken(String(id)),
        ...(tenant === '' ? {} : { tenantId: spoken(String(tenant)) }),
        createdAt: timestamp(Number(first)),
        lastUsedAt: timestamp(Number(last)),
      } satisfies Project),
    repository_id: (tenant, url) =>
      comparable(
        repositoryOf(spoken(String(url)), tenant === '' ? undefined : spoken(String(tenant)), null, 0).id,
      ),
  }),
  sql: `
-- tenant is '' for a project of nobody.
CREATE TABLE projects (
  ordinal INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  last_used_at INTEGER NOT NULL,
  record TEXT NOT NULL,
  checksum INTEGER NOT NULL,
  UNIQUE (tenant, id)
) STRICT;
CREATE INDEX projects_used ON projects (last_used_at);
CREATE INDEX projects_tenant_used ON projects (tenant, last_used_at);
INSERT INTO projects (tenant, id, last_used_at, record, checksum)
  SELECT tenant, project, last, record, checksum_of(record) FROM (
    SELECT tenant, project, last, project_record(tenant, project, first, last) AS record FROM (
      SELECT coalesce(tenant, '') AS tenant, project, min(created_at) AS first, max(created_at) AS last
      FROM sessions WHERE project IS NOT NULL GROUP BY 1, 2 ORDER BY last
    )
  );

-- In which projects a repository is used: by the host, whose tenant is '', and by each tenant.
CREATE TABLE repository_projects (
  tenant TEXT NOT NULL,
  project TEXT NOT NULL,
  repository TEXT NOT NULL,
  PRIMARY KEY (tenant, project, repository)
) STRICT, WITHOUT ROWID;
CREATE INDEX repository_projects_repository ON repository_projects (repository);
INSERT OR IGNORE INTO repository_projects
  SELECT coalesce(tenant, ''), project, repository_id(coalesce(tenant, ''), repo)
  FROM sessions WHERE project IS NOT NULL AND repo IS NOT NULL GROUP BY 1, 2, repo;
INSERT OR IGNORE INTO repository_projects SELECT '', project, repository FROM repository_projects;

-- What becomes of the workspace of a session. Those that are there are few, whatever became of the others.
ALTER TABLE sessions ADD COLUMN workspace TEXT NOT NULL DEFAULT 'pending';
UPDATE sessions SET workspace = coalesce(json_extract(record, '$.workspace.state'), 'pending');
CREATE INDEX sessions_workspace_created ON sessions (workspace, created_at) WHERE workspace = 'ready';
`,
};

/** Text before `comparable` made it so. */
const spoken = (text: string): string =>
  text.startsWith('\u0000') ? String(JSON.parse(text.slice(1))) : text;
