import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, Problem } from '@agent-harbor/rest-client/node';
import { fileBookmark } from './file-bookmark.ts';
import { run } from './run.ts';
import { migration } from './task.ts';

const name = process.argv[2] ?? randomUUID();
console.log(`If this is ended, it goes on with: src/main.ts ${name}`);
const harbor = connect({ base: process.env.AH_REST_BASE });
try {
  await run(
    harbor,
    migration,
    name,
    fileBookmark(join(tmpdir(), `follow-${encodeURIComponent(name)}`)),
    console.log,
  );
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(error.code, error.detail, error.remedy);
  process.exitCode = 1;
} finally {
  await harbor.close();
}
