import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { temporaryFolder } from './program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = await readFile(join(root, '.github/workflows/contract.yml'), 'utf8');

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}
interface Job {
  readonly permissions: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
const workflow: { on: object; permissions: object; jobs: Record<string, Job> } = parse(source);
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

/** What a step runs, as the workflow says it. */
const scriptOf = (name: string): string => {
  const script = steps.find((step) => step.name === name)?.run;
  if (script === undefined) throw new Error(`The workflow has no step "${name}"`);
  return script;
};

test('no stranger gets at a token that may write', () => {
  expect(Object.keys(workflow.on)).toEqual(['pull_request']);
  expect(workflow.permissions).toEqual({});
  expect(Object.values(workflow.jobs).map((job) => job.permissions)).toEqual([
    { contents: 'read' },
    { 'pull-requests': 'write' },
  ]);
  // The job that may write runs nothing of the pull request.
  expect(workflow.jobs.comment?.steps.map(({ uses }) => uses?.split('@')[0])).toEqual([
    'actions/download-artifact',
    undefined,
  ]);
  // What others chose (a branch, a title) comes by the environment, where no shell reads it as its own.
  for (const { run } of steps) expect(run ?? '').not.toContain('${{');
  expect(source).not.toContain('secrets.');
});

test('every action is one commit', () => {
  const used = [...source.matchAll(/uses: (\S+)(.*)/g)];
  expect(used.length).toBe(4);
  for (const [, action, comment] of used) {
    expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40}$/);
    expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
  }
});

// The runners of the workflow have this shell.
describe.runIf(process.platform !== 'win32')('its steps', () => {
  let folder: string;
  let close: () => Promise<void>;
  beforeEach(async () => {
    const { path, remove } = await temporaryFolder();
    folder = path;
    close = remove;
    await mkdir(join(folder, 'bin'));
    await mkdir(join(folder, 'work'));
    await put('bin/gh', fakeGh);
    await chmod(join(folder, 'bin/gh'), 0o755);
  });
  afterEach(() => close());

  const put = async (name: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  };
  const said = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '');

  /** As the runner does: `bash -e` with its files and a token. */
  const step = (name: string, env: Record<string, string> = {}) =>
    execa('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', scriptOf(name)], {
      cwd: join(folder, 'work'),
      reject: false,
      all: true,
      env: {
        PATH: [join(folder, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter),
        RUNNER_TEMP: folder,
        GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
        GITHUB_OUTPUT: join(folder, 'output'),
        FAKE: folder,
        GH_TOKEN: 'token',
        COMMENTS: 'repos/o/r/issues/7/comments',
        COMMENT: 'repos/o/r/issues/comments',
        ...env,
      },
    });

  describe('compare', () => {
    const git = (...args: readonly string[]) =>
      execa('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.test', ...args], {
        cwd: join(folder, 'work'),
        env: { GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1' },
      });
    const commit = async (message: string) => {
      await git('add', '--all');
      await git('commit', '--quiet', '--message', message);
    };

    /** The checkout of a pull request against `main`, as actions/checkout leaves it: the merge of both. */
    beforeEach(async () => {
      await git('init', '--quiet', '--initial-branch', 'main');
      await put(
        'work/apps/cli/bin/ah.js',
        `import ${JSON.stringify(pathToFileURL(join(root, 'apps/cli/bin/ah.js')))};`,
      );
      await put('work/package.json', '{ "type": "module" }');
      await put('work/.changeset/README.md', '# Changesets\n');
      await put('work/openapi.json', await readFile(join(root, 'openapi.json'), 'utf8'));
      await commit('main');
    });

    const propose = async (edit: (contract: string) => string, changeset?: string) => {
      await git('checkout', '--quiet', '-b', 'topic');
      const contract = await said('work/openapi.json');
      await put('work/openapi.json', edit(contract));
      if (changeset !== undefined) await put('work/.changeset/wild-cats-run.md', changeset);
      await commit('topic');
      await git('checkout', '--quiet', 'main');
      await put('work/elsewhere.txt', 'meanwhile');
      await commit('meanwhile');
      await git('update-ref', 'refs/remotes/origin/main', 'main');
      await git('checkout', '--quiet', '--detach');
      await git('merge', '--quiet', '--no-edit', 'topic');
    };
    const compare = () => step('Compare with the merge base', { BASE: 'origin/main' });
    const breaks = (contract: string) => contract.replaceAll('"newText"', '"new_text"');
    const changeset = (bump: string) =>
      `---\n"@agent-harbor/api-contract": ${bump}\n---\n\nBREAKING: read new_text instead of newText.\n`;

    test('passes what breaks nobody', async () => {
      await propose((contract) => `${contract}\n`);
      const { exitCode, all } = await compare();
      expect(exitCode, all).toBe(0);
      await step('Report');
      expect(await said('summary.md')).toContain('Nothing changed.');
      expect(await said('output')).toBe('reported=true\n');
    });

    test('fails on what breaks without a word', async () => {
      await propose(breaks);
      const { exitCode, all } = await compare();
      expect(exitCode, all).toBe(1);
      expect(all).toContain('DiffEvent.newText');
      await step('Report');
      expect(await said('summary.md')).toMatch(/\| \*\*breaking\*\* \| `DiffEvent\.newText` in an event/);
    });

    test('passes what a changeset says is breaking', async () => {
      await propose(breaks, changeset('minor'));
      const { exitCode, all } = await compare();
      expect(exitCode, all).toBe(0);
      expect(await said('contract.md')).toContain('accepted by `wild-cats-run.md`');
    });

    test('but not what one says is mended', async () => {
      await propose(breaks, changeset('patch'));
      expect((await compare()).exitCode).toBe(1);
    });

    test('says nothing of what it could not read', async () => {
      await propose(() => '{');
      expect((await compare()).exitCode).toBe(2);
      await step('Report');
      expect(await said('output')).toBe('');
    });
  });

  describe('comment', () => {
    const comment = () => step('Comment on the pull request');

    test('writes one', async () => {
      await put('work/contract.md', '<!-- ah contract diff -->\n### Contract: 1 breaking\n');
      const { exitCode, all } = await comment();
      expect(exitCode, all).toBe(0);
      expect(await said('calls')).toBe('POST repos/o/r/issues/7/comments body=@contract.md\n');
    });

    test('writes the same one anew', async () => {
      await put('work/contract.md', '<!-- ah contract diff -->\n### Contract: Nothing changed.\n');
      await put('ids', '41\n42\n');
      expect((await comment()).exitCode).toBe(0);
      expect(await said('calls')).toBe('PATCH repos/o/r/issues/comments/41 body=@contract.md\n');
    });

    test('writes none about nothing', async () => {
      await put('work/contract.md', '<!-- ah contract diff -->\n### Contract: Nothing changed.\n');
      expect((await comment()).exitCode).toBe(0);
      expect(await said('calls')).toBe('');
    });

    test.each(['may-not-read', 'may-not-write'])(
      'leaves the report in the summary when it %s',
      async (denied) => {
        await put('work/contract.md', '<!-- ah contract diff -->\n### Contract: 1 breaking\n');
        await put(denied, '');
        const { exitCode, all } = await comment();
        expect(exitCode).toBe(0);
        expect(all).toContain('::notice::');
        expect(await said('summary.md')).toContain('### Contract: 1 breaking');
      },
    );
  });
});

/** Answers like GitHub, from files; says what it was asked to write. */
const fakeGh = `#!/bin/sh
case "$*" in
  "api --paginate repos/o/r/issues/7/comments --jq "*)
    [ -e "$FAKE/may-not-read" ] && exit 1
    cat "$FAKE/ids" 2>/dev/null
    exit 0 ;;
  "api --silent --method "*)
    [ -e "$FAKE/may-not-write" ] && exit 1
    [ -s contract.md ] || exit 1
    echo "$4 $5 $7" >> "$FAKE/calls" ;;
  *) echo "gh $*" >&2; exit 1 ;;
esac
`;
