import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rules as allRules, ContractReport } from '@agent-harbor/api-contract/diff';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../run.ts';
import { createFakeIo } from '../../testing/fake-io.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ah-contract-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ah = async (argv: readonly string[], stdin = '') => {
  const io = createFakeIo({ cwd: folder, stdin });
  const code = await run(['contract', ...argv], io);
  return { code, out: io.out(), err: io.err() };
};

const put = async (name: string, text: string): Promise<void> => {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
};

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=A', '-c', 'user.email=a@example.test', ...args], {
    encoding: 'utf8',
    env: { ...process.env, GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const commit = (message: string): void => {
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
};

/** `GET /things` answers with an object of these members, all texts. */
const contract = (members: readonly string[], version = '1.0.0') =>
  JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Things', version },
    paths: {
      '/things': {
        get: {
          responses: {
            200: {
              description: 'OK',
              content: {
                'application/json': {
                  schema: {
                    type: 'object',
                    properties: Object.fromEntries(members.map((name) => [name, { type: 'string' }])),
                  },
                },
              },
            },
          },
        },
      },
    },
  });

const removed = 'member-removed:response:GET /things · response 200 · b';

describe('two files', () => {
  beforeEach(async () => {
    await put('ab.json', contract(['a', 'b']));
    await put('a.json', contract(['a']));
  });

  test('that say the same end with 0', async () => {
    expect(await ah(['diff', 'a.json', 'a.json'])).toEqual({
      code: 0,
      out: 'Nothing changed.\n',
      err: 'a.json → a.json\n',
    });
  });

  test('that break somebody end with 1 and say whom, why and what to do', async () => {
    const { code, out } = await ah(['diff', 'ab.json', 'a.json']);
    expect(code).toBe(1);
    expect(out).toBe(
      [
        '1 breaking, 0 additive, 0 neutral',
        '',
        'breaking GET /things · response 200 · b in a response: a member was removed',
        '         string → nothing',
        '         Readers that use it find nothing: go on sending it, and deprecate it first.',
        '         reaches GET /things',
        '         member-removed',
        '',
      ].join('\n'),
    );
  });

  test('that only grow end with 0, unless nothing may', async () => {
    expect((await ah(['diff', 'a.json', 'ab.json'])).code).toBe(0);
    expect((await ah(['diff', 'a.json', 'ab.json', '--fail-on', 'additive'])).code).toBe(1);
    expect((await ah(['diff', 'ab.json', 'a.json', '--fail-on', 'none'])).code).toBe(0);
  });

  test.each([[removed], ['member-removed']])('pass when %s is allowed', async (allowed) => {
    const { code, out } = await ah(['diff', '--allow', allowed, '--allow', 'other', 'ab.json', 'a.json']);
    expect(code).toBe(0);
    expect(out).toContain('(accepted by --allow)');
    const wrong = await ah(['diff', '--allow', 'other', 'ab.json', 'a.json']);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('--allow other fits no change') });
  });

  test('are told as JSON by its schema', async () => {
    for (const wish of [['--json'], ['--format', 'json']]) {
      const { code, out } = await ah(['diff', 'ab.json', 'a.json', ...wish]);
      expect(code).toBe(1);
      const report = ContractReport.parse(JSON.parse(out));
      expect(report).toMatchObject({ from: '1.0.0', to: '1.0.0', passed: false, breaking: 1 });
      expect(report.findings.map(({ id }) => id)).toEqual([removed]);
    }
  });

  test('are told as Markdown, to standard output or into a file', async () => {
    const { out } = await ah(['diff', 'ab.json', 'a.json', '--format', 'markdown']);
    expect(out).toMatch(/^<!-- ah contract diff -->\n### Contract: 1 breaking, 0 additive, 0 neutral\n/);
    expect(out).toContain('| **breaking** | `GET /things · response 200 · b` in a response |');
    expect(out).toContain('BREAKING:');
    const both = await ah(['diff', 'ab.json', 'a.json', '--markdown', 'report.md']);
    expect(both.out).toMatch(/^1 breaking/);
    expect(await readFile(join(folder, 'report.md'), 'utf8')).toBe(out);
  });

  test('may be YAML, or come from standard input', async () => {
    await put(
      'a.yaml',
      'openapi: 3.0.3\ninfo: { title: T, version: 1.0.0 }\npaths:\n  /things: { get: { responses: { 200: { description: OK } } } }\n',
    );
    expect((await ah(['diff', 'a.yaml', 'a.yaml'])).out).toBe('Nothing changed.\n');
    expect((await ah(['diff', 'ab.json', '-'], contract(['a']))).code).toBe(1);
    expect((await ah(['diff', '-', '-'], contract(['a']))).code).toBe(7);
  });

  test.each([
    ['is not there', 'none.json', undefined, 'none.json'],
    ['is no JSON', 'bad.json', '{', 'bad.json'],
    ['is no YAML', 'bad.yaml', 'a: [', 'bad.yaml'],
    ['is no contract', 'other.json', '{}', 'openapi'],
    ['expands without end', 'bomb.yaml', bomb(), 'alias'],
    ['holds itself', 'loop.yaml', 'a: &a [*a]', 'loop.yaml'],
  ])('end with 2 when one %s', async (_what, name, text, said) => {
    if (text !== undefined) await put(name, text);
    for (const operands of [
      ['a.json', name],
      [name, 'a.json'],
    ]) {
      const { code, out, err } = await ah(['diff', ...operands]);
      expect(code).toBe(2);
      expect(out).toBe('');
      expect(err).toMatch(/^ah: The contract cannot be read\n/);
      expect(err.toLowerCase()).toContain(said);
    }
  });

  test('must be two, and flags what they can be', async () => {
    expect((await ah(['diff', 'a.json'])).code).toBe(7);
    expect((await ah(['diff', 'a.json', 'a.json', 'a.json'])).code).toBe(7);
    expect((await ah(['diff', 'a.json', 'a.json', '--fail-on', 'neutral'])).code).toBe(7);
    expect((await ah(['diff', '--base', 'HEAD', 'a.json', 'a.json'])).code).toBe(7);
    expect((await ah(['diff', '--base', 'HEAD', '-'])).code).toBe(7);
    expect((await ah(['diff', 'ab.json', 'a.json', '--markdown', 'no/such/folder.md'])).code).toBe(7);
  });
});

describe('a file and its past', () => {
  beforeEach(async () => {
    git('init', '--quiet', '--initial-branch', 'main');
    await put('api/openapi.json', contract(['a', 'b']));
    commit('one');
  });

  test('are compared where the branch left, whatever the other branch did since', async () => {
    git('checkout', '--quiet', '-b', 'topic');
    await put('api/openapi.json', contract(['a', 'b', 'c']));
    commit('grow');
    git('checkout', '--quiet', 'main');
    await put('api/openapi.json', contract(['a', 'b', 'z']));
    commit('meanwhile');
    git('checkout', '--quiet', 'topic');
    const { code, out, err } = await ah(['diff', '--base', 'main', 'api/openapi.json']);
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('1 additive') });
    expect(err).toMatch(/^api\/openapi\.json at [0-9a-f]{10} → api\/openapi\.json\n$/);
  });

  test('a file that was not there has only grown', async () => {
    await put('new.json', contract(['a']));
    const { code, out, err } = await ah(['diff', '--base', 'main', 'new.json']);
    expect(code).toBe(0);
    expect(out).toContain('additive GET /things');
    expect(err).toContain('no new.json at');
  });

  test('are named by commit and path', async () => {
    await put('api/openapi.json', contract(['a']));
    expect((await ah(['diff', 'git:HEAD:api/openapi.json', 'api/openapi.json'])).code).toBe(1);
    expect((await ah(['diff', 'git:main:./api/openapi.json', 'git:main:api/openapi.json'])).code).toBe(0);
    const { code, err } = await ah(['diff', 'git:main:openapi.json', 'api/openapi.json']);
    expect(code).toBe(2);
    expect(err).toContain('There is no openapi.json at main.');
  });

  test.each([['--output=pwned'], ['-h'], ['no/such'], ['$(touch pwned)'], ['HEAD --']])(
    'a ref like %s is none',
    async (ref) => {
      for (const argv of [
        [`--base=${ref}`, 'api/openapi.json'],
        [`git:${ref}:api/openapi.json`, 'api/openapi.json'],
      ]) {
        const { code, err } = await ah(['diff', ...argv]);
        expect(code).toBe(2);
        expect(err).toContain('git knows no commit');
      }
      expect(git('status', '--short')).toBe('');
    },
  );

  test('without a common past there is nothing to compare with', async () => {
    git('checkout', '--quiet', '--orphan', 'other');
    commit('other');
    const { code, err } = await ah(['diff', '--base', 'main', 'api/openapi.json']);
    expect(code).toBe(2);
    expect(err).toContain('fetch-depth: 0');
  });

  describe('with changesets', () => {
    const bump = (how: string, text: string, name = '@things/api') =>
      `---\n"${name}": ${how}\n---\n\n${text}\n`;
    const gate = (...more: readonly string[]) =>
      ah(['diff', '--base', 'main', 'api/openapi.json', '--changesets', '.changeset', ...more]);

    beforeEach(async () => {
      await put('.changeset/README.md', '# Changesets\n');
      await put('.changeset/old.md', bump('major', 'BREAKING: something else.'));
      commit('changesets');
      git('checkout', '--quiet', '-b', 'topic');
      await put('api/openapi.json', contract(['a']));
      commit('break');
    });

    test.each([
      ['none says so', [], 1],
      ['one says so', [bump('major', 'BREAKING: use a instead of b.')], 0],
      ['one says so on Windows', [bump('major', 'BREAKING: use a.').replaceAll('\n', '\r\n')], 0],
      ['one only adds', [bump('major', 'Add c.')], 1],
      ['one whispers', [bump('major', 'Remove b. BREAKING.')], 1],
      ['its bump is too small', [bump('minor', 'BREAKING: use a.')], 1],
      ['it is about another finding', [bump('major', 'BREAKING: use a.\n\nAllows: `enum-value-added`')], 1],
      ['it is about this finding', [bump('major', `BREAKING: use a.\n\n- Allows: \`${removed}\``)], 0],
      ['it cannot be read', ['BREAKING'], 1],
      ['another one says so', ['BREAKING', bump('patch', 'Mend d.'), bump('major', 'BREAKING: use a.')], 0],
    ])('when %s', async (_what, texts, code) => {
      for (const [index, text] of texts.entries()) await put(`.changeset/new-${index}.md`, text);
      expect((await gate()).code).toBe(code);
    });

    test('what nearly counts is told', async () => {
      await put('.changeset/small.md', bump('minor', 'BREAKING: use a.'));
      await put('.changeset/odd.md', 'BREAKING');
      const { err } = await gate('--package', '@things/api');
      expect(err).toContain('small.md says BREAKING, but not with a major bump of @things/api');
      expect(err).toContain('odd.md cannot be read as a changeset');
      expect((await gate('--format', 'markdown')).out).toContain('small.md says BREAKING');
    });

    test('only those of the package count', async () => {
      await put('.changeset/new.md', bump('major', 'BREAKING: use a.'));
      expect((await gate('--package', '@things/api')).code).toBe(0);
      expect((await gate('--package', '@things/other')).code).toBe(1);
    });

    test('one that is rewritten speaks of now', async () => {
      await put('.changeset/old.md', bump('major', 'BREAKING: something else, and use a instead of b.'));
      expect((await gate()).code).toBe(0);
    });

    test('a folder that is not there says nothing, which is told', async () => {
      const { code, err } = await ah(['diff', '--base', 'main', 'api/openapi.json', '--changesets', 'none']);
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('There is no folder none') });
    });
  });

  test('below 1.0 a minor bump may break', async () => {
    await put('api/openapi.json', contract(['a', 'b'], '0.9.0'));
    commit('young');
    git('checkout', '--quiet', '-b', 'topic');
    await put('api/openapi.json', contract(['a'], '0.9.0'));
    await put('.changeset/new.md', "---\n'@things/api': minor\n---\nBREAKING: use a.");
    const argv = ['diff', '--base', 'main', 'api/openapi.json', '--changesets', '.changeset'];
    expect((await ah(argv)).code).toBe(0);
    await put('.changeset/new.md', "---\n'@things/api': patch\n---\nBREAKING: use a.");
    expect((await ah(argv)).code).toBe(1);
  });
});

describe('a server', () => {
  const serve = async (answer: (path: string) => { status?: number; body: string }) => {
    const server = createServer((request, response) => {
      const { status = 200, body } = answer(request.url ?? '');
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('It has no port.');
    return {
      url: `http://127.0.0.1:${address.port}`,
      close: () => new Promise((resolve) => server.close(resolve)),
    };
  };

  test('is asked for its contract', async () => {
    await put('ab.json', contract(['a', 'b']));
    const { url, close } = await serve((path) =>
      path === '/api/v1/openapi.json' ? { body: contract(['a']) } : { status: 404, body: 'no' },
    );
    try {
      expect((await ah(['diff', 'ab.json', url])).code).toBe(1);
      expect((await ah(['diff', 'ab.json', `${url}/api/v1/openapi.json`])).code).toBe(1);
      const { code, err } = await ah(['diff', 'ab.json', `${url}/elsewhere`]);
      expect(code).toBe(2);
      expect(err).toContain('it answers 404');
    } finally {
      await close();
    }
    expect((await ah(['diff', 'ab.json', url])).code).toBe(2);
  });

  test('is not asked with a password', async () => {
    const { code, err } = await ah(['diff', 'http://me:pa55word@127.0.0.1:1/', 'x.json']);
    expect(code).toBe(2);
    expect(err).not.toContain('pa55word');
  });
});

describe('what a document says', () => {
  const hostile = 'x|y `@everyone` </details><script>\n## \u202e\u001b[31m';
  const shown = (property: string) => contract(['a', property]);

  test('stands in the Markdown as code, and on one line', async () => {
    await put('old.json', shown(hostile));
    await put('new.json', contract(['a']));
    const { out } = await ah(['diff', 'old.json', 'new.json', '--format', 'markdown']);
    const rows = out.split('\n').filter((line) => line.startsWith('| **breaking**'));
    expect(rows).toHaveLength(1);
    const [row = ''] = rows;
    expect(row.match(/(?<!\\)\|/g)).toHaveLength(7);
    // What is between the fences cannot speak for itself; outside there is nothing of it.
    expect(row.replaceAll(/(`+)(?!`).*?(?<!`)\1(?!`)/g, '')).not.toMatch(/@|<|script/);
    expect(out).not.toMatch(/[\u001b\u202e]/);
  });

  test('cannot act on the terminal', async () => {
    await put('old.json', shown(hostile));
    await put('new.json', contract(['a']));
    expect((await ah(['diff', 'old.json', 'new.json'])).out).not.toMatch(/[\u001b\u202e]/);
  });

  test('fits into a comment, however much it is', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `member-${index}`);
    await put('old.json', contract([...many, ...many.map((name) => `old-${name}`)]));
    await put('new.json', contract([...many, ...many.map((name) => `new-${name}`)]));
    const { out } = await ah(['diff', 'old.json', 'new.json', '--format', 'markdown']);
    expect(out.length).toBeLessThan(65_536);
    expect(out).toContain('3000 breaking, 3000 additive');
    expect(out).toMatch(/… and \d+ more\./);
    expect(out).toMatch(/<\/details>\n$/);
  });
});

describe('the rules', () => {
  test('are listed', async () => {
    const { code, out } = await ah(['rules']);
    expect(code).toBe(0);
    for (const { id } of allRules) expect(out).toContain(`${id}: `);
    expect(JSON.parse((await ah(['rules', '--json'])).out)).toEqual(allRules);
  });

  test('one by one', async () => {
    expect((await ah(['rules', 'member-removed'])).out.trimEnd().split('\n')).toHaveLength(4);
    expect((await ah(['rules', 'nonsense'])).code).toBe(7);
  });
});

function bomb(): string {
  const levels = Array.from({ length: 12 }, (_, level) =>
    level === 0
      ? 'a0: &a0 [x, x]'
      : `a${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
  );
  return levels.join('\n');
}
