import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { check } from './check.ts';
import { everywhere, timeAndChance, zones } from './rules.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'imports-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const rulesBrokenBy = (path: string, source: string): string[] => {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, source);
  return check(root).violations.map((found) => found.rule);
};

const at = (app: string) => `@agent-harbor/${app}`;

// The rule that must fire, the file, and what it does.
const broken: readonly [rule: string, path: string, source: string][] = [
  ['api-contract', 'packages/api-contract/src/a.ts', "import 'express';"],
  ['api-contract', 'packages/api-contract/src/a.ts', `import { x } from '${at('core')}';`],
  ['api-contract', 'packages/api-contract/src/a.ts', "export { document } from './openapi/index.ts';"],
  ['api-contract/problem', 'packages/api-contract/src/problem.ts', "import { z } from 'zod';"],
  ['api-contract/problem', 'packages/api-contract/src/problem.ts', "export * from './schemas/problem.ts';"],
  ['api-contract/openapi', 'packages/api-contract/src/openapi/index.ts', "import 'node:fs';"],
  ['api-contract/diff', 'packages/api-contract/src/diff/a.ts', "import { x } from '../contract.ts';"],
  ['core', 'packages/core/src/a.ts', "import { readFile } from 'node:fs/promises';"],
  ['core', 'packages/core/src/a.ts', "import type { Readable } from 'stream';"],
  ['core', 'packages/core/src/a.ts', "import { z } from 'zod';"],
  ['core', 'packages/core/src/a.ts', `import { contract } from '${at('api-contract')}';`],
  ['core', 'packages/core/src/a.ts', `type S = import('${at('store')}').Store;`],
  ['core/problem', 'packages/core/src/problem.ts', `import { Id } from '${at('api-contract/schemas')}';`],
  ['core/problem', 'packages/core/src/problem.ts', "import { page } from './page.ts';"],
  ['core/approval', 'packages/core/src/approval/policy.ts', "import { Problem } from '../problem.ts';"],
  ['conformance', 'packages/conformance/src/a.ts', "import { test } from 'vitest';"],
  ['conformance', 'packages/conformance/src/a.ts', "export { describeStore } from './vitest.ts';"],
  ['conformance/vitest', 'packages/conformance/src/vitest.ts', `import '${at('mock-client')}';`],
  ['conformance/node', 'packages/conformance/src/node.ts', "import { test } from 'vitest';"],
  ['scenario', 'packages/scenario/src/a.ts', "import 'node:fs';"],
  ['scenario/node', 'packages/scenario/src/node.ts', `import '${at('executor')}';`],
  ['mock-llm', 'packages/mock-llm/src/a.ts', "import 'node:http';"],
  ['mock-llm/node', 'packages/mock-llm/src/node/a.ts', `import '${at('rest-api')}';`],
  ['mock-client', 'packages/mock-client/src/a.ts', `import '${at('store')}';`],
  ['rest-client', 'packages/rest-client/src/a.ts', "import { Agent } from 'undici';"],
  ['rest-client', 'packages/rest-client/src/a.ts', "const { readFile } = await import('node:fs');"],
  ['rest-client', 'packages/rest-client/src/a.ts', "export { agent } from './node.ts';"],
  ['rest-client', 'packages/rest-client/src/a.ts', `import '${at('executor')}';`],
  ['rest-client/node', 'packages/rest-client/src/node.ts', `import '${at('store')}';`],
  ['rest-api', 'packages/rest-api/src/a.ts', "import express from 'express';"],
  ['rest-api', 'packages/rest-api/src/a.ts', "import { initServer } from '@ts-rest/express';"],
  ['rest-api', 'packages/rest-api/src/a.ts', "import { http } from 'msw';"],
  ['rest-api', 'packages/rest-api/src/a.ts', "import { createHash } from 'node:crypto';"],
  ['rest-api', 'packages/rest-api/src/a.ts', "export { createApp } from './express/app.ts';"],
  ['rest-api/express', 'packages/rest-api/src/express/a.ts', "import { http } from 'msw';"],
  ['rest-api/express', 'packages/rest-api/src/express/a.ts', "import { x } from '../msw/handlers.ts';"],
  ['rest-api/msw', 'packages/rest-api/src/msw.ts', "import 'node:http';"],
  ['rest-api/msw', 'packages/rest-api/src/msw.ts', "import { createApp } from './express.ts';"],
  ['store', 'packages/store/src/a.ts', `import '${at('executor')}';`],
  ['webhook', 'packages/webhook/src/a.ts', `import '${at('store')}';`],
  ['forge', 'packages/forge/src/a.ts', `import '${at('executor')}';`],
  ['store', 'packages/store/src/a.ts', `import '${at('rest-client')}';`],
  ['executor', 'packages/executor/src/a.ts', `import '${at('store')}';`],
  ['executor', 'packages/executor/src/a.ts', `const path = import.meta.resolve('${at('rest-client')}');`],
  ['server', 'apps/server/src/a.ts', "import Database from 'better-sqlite3';"],
  ['server', 'apps/server/src/a.ts', `import '${at('rest-client')}';`],
  ['mock-server', 'apps/mock-server/src/a.ts', `import '${at('store')}';`],
  ['cli', 'apps/cli/src/a.ts', "import Database from 'better-sqlite3';"],
  ['cli', 'apps/cli/src/a.ts', `import '${at('store')}';`],
  ['bench', 'bench/src/a.ts', `import '${at('rest-api')}';`],
  ['packages-are-walls', 'bench/src/a.ts', "import '../../packages/core/src/index.ts';"],
  ['apps-are-not-imported', 'packages/rest-client/src/a.test.ts', `import '${at('server/start')}';`],
  ['apps-are-not-imported', 'apps/server/src/a.ts', `await import('${at('mock-server/start')}');`],
  ['apps-are-not-imported', 'apps/cli/src/a.ts', `import '${at('server')}';`],
  ['apps-are-not-imported', 'apps/server/src/a.test.ts', `import '${at('mock-server/start')}';`],
  ['apps-are-not-imported', 'apps/mock-server/src/a.ts', `import '${at('mock-server/start')}';`],
  ['packages-are-walls', 'packages/store/src/a.ts', "import '../../core/src/index.ts';"],
  ['packages-are-walls', 'packages/store/src/a.test.ts', "import '../../core/src/index.ts';"],
  ['tests-stay-tests', 'packages/core/src/a.ts', "import { x } from './b.test.ts';"],
  ['tests-stay-tests', 'packages/store/src/a.ts', "import { x } from './testing/folder.ts';"],
  ['imports-are-literal', 'apps/server/src/a.ts', 'await import(process.argv[2]);'],
  ['every-file-has-a-zone', 'packages/novelty/src/a.ts', 'export {};'],
  ['time-and-chance', 'packages/core/src/a.ts', 'export const now = () => Date.now();'],
  ['time-and-chance', 'packages/core/src/a.ts', "export const now = () => Date['now']();"],
  ['time-and-chance', 'packages/core/src/a.ts', 'export const now = () => Date();'],
  ['time-and-chance', 'packages/scenario/src/a.ts', 'export const now = () => new Date().toISOString();'],
  ['time-and-chance', 'packages/core/src/a.ts', 'export const id = () => crypto.randomUUID();'],
  ['time-and-chance', 'packages/core/src/a.ts', 'crypto.getRandomValues(new Uint8Array(8));'],
  ['time-and-chance', 'packages/rest-api/src/a.ts', 'export const jitter = () => Math.random();'],
  ['time-and-chance', 'packages/conformance/src/a.ts', 'export const s = AbortSignal.timeout(5);'],
];

describe('fires', () => {
  test.each(broken)('%s: %s: %s', (rule, path, source) => {
    expect(new Set(rulesBrokenBy(path, source))).toEqual(new Set([rule]));
  });

  test('for every rule there is', () => {
    const rules = [...zones.map((zone) => zone.name), ...Object.keys(everywhere)];
    expect(new Set(broken.map(([rule]) => rule))).toEqual(new Set(rules));
  });

  test('for every source of time and chance', () => {
    const sources = broken.filter(([rule]) => rule === 'time-and-chance').map(([, , source]) => source);
    for (const each of timeAndChance) expect(sources.some((source) => source.includes(each))).toBe(true);
  });
});

describe('is silent', () => {
  const clean: readonly [path: string, source: string][] = [
    ['packages/core/src/a.ts', `import { Session } from '${at('api-contract/schemas')}'; import './b.ts';`],
    ['packages/core/src/a.ts', 'export const at = (ms: number) => new Date(ms).toISOString();'],
    ['apps/mock-server/src/testing/a.test.ts', `import '${at('mock-server/start')}';`],
    ['packages/core/src/a.test.ts', "import { test } from 'vitest'; test('x', () => Date.now());"],
    ['packages/core/src/problem.ts', `import type { Id } from '${at('api-contract/schemas')}';`],
    [
      'packages/rest-api/src/express/a.ts',
      "import express from 'express'; import { x } from '../http/auth.ts';",
    ],
    ['packages/rest-client/src/node.ts', "import { Agent } from 'undici'; import './client.ts';"],
    ['apps/cli/src/a.ts', `export const start = () => import('${at('server/start')}');`],
    ['apps/server/src/a.test.ts', `import { connect } from '${at('rest-client/node')}';`],
  ];
  test.each(clean)('%s: %s', (path, source) => {
    expect(rulesBrokenBy(path, source)).toEqual([]);
  });
});

test('names the file, the line and the reason', () => {
  const file = join(root, 'packages/core/src/a.ts');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "export const a = 1;\nimport 'node:fs';\n");
  const reason = zones.find((zone) => zone.name === 'core')?.why;
  expect(check(root)).toEqual({
    files: 1,
    violations: [
      { rule: 'core', path: 'packages/core/src/a.ts', line: 2, message: 'imports "node:fs"', why: reason },
    ],
  });
});
