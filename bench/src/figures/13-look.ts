import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type Contender, type Figure, ratio, type Sample, take } from '../figure.ts';
import { type AccessPoint, openAccessPoint } from '../load/access-point.ts';
import { repositoryOf } from '../load/repository.ts';
import { ask } from '../load/requests.ts';
import { endedChildrenTime } from '../process/usage.ts';
import type { Stage } from '../stage.ts';
import { spreadOf } from '../statistics.ts';

const files = 20_000;
const edits = 30;
const fewEdits = 1;
const manyEdits = 300;
const looks = 7;

const run = promisify(execFile);
const Launched = z.object({ id: z.string() });
const Shown = z.object({ status: z.string() });
const Placed = z.object({ root_path: z.string() });
const Counted = z.object({ total: z.number() });
const Listed = z.object({ children: z.array(z.unknown()) });

/** Changes so many files of a tree of `repositoryOf`, the same ones each time. */
const edit = (tree: string, count: number): void => {
  for (let number = 0; number < count; number++) {
    appendFileSync(join(tree, `part-${number % 40}`, `file-${number}.txt`), 'One line more.\n');
  }
};

const medianOf = async (work: () => Promise<unknown>, prepare = () => {}): Promise<number> => {
  const times: number[] = [];
  for (let count = 0; count < looks; count++) {
    prepare();
    const from = performance.now();
    await work();
    times.push(performance.now() - from);
  }
  return spreadOf(times).median;
};

/** What git alone takes in a checkout of its own: every look at a tree asks each file for its times. */
const openGit = async (stage: Stage): Promise<Contender> => {
  const tree = join(stage.folder('look'), 'tree');
  await run('git', ['clone', '--quiet', await repositoryOf(stage, stage.sized(files)), tree]);
  const git = (...args: readonly string[]) =>
    run('git', ['-C', tree, ...args], { maxBuffer: 64 * 1024 * 1024 });
  return {
    round: async () => {
      edit(tree, edits);
      return {
        status: await medianOf(() => git('status', '--porcelain', '--untracked-files=all')),
        list: await medianOf(() => git('ls-files')),
      };
    },
    close: async () => {},
  };
};

/** A session whose agent has ended; its workspace stays. */
const endedSession = async ({ port, headers }: AccessPoint, repository: string): Promise<string> => {
  const body = JSON.stringify({
    prompt: 'Look',
    repo: { mode: 'git', url: repository },
    delivery: { mode: 'none' },
    agents: [{ type: 'command', settings: { command: ['true'] } }],
  });
  const { id } = Launched.parse(await ask(port, { method: 'POST', path: '/api/v1/tasks', headers, body }));
  const session = `/api/v1/sessions/${id}`;
  const patienceEnds = performance.now() + 120_000;
  for (;;) {
    const { status } = Shown.parse(await ask(port, { method: 'GET', path: session, headers }));
    if (status === 'completed') return session;
    if (status === 'failed' || performance.now() > patienceEnds) throw new Error(`The session is ${status}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const openOurs = async (stage: Stage): Promise<Contender> => {
  const repository = await repositoryOf(stage, stage.sized(files));
  const stateDir = stage.folder('look');
  const start = () => openAccessPoint(stateDir, { everyCore: true });
  let server = await start();
  const session = await endedSession(server, repository);
  const get = (path: string) =>
    ask(server.port, { method: 'GET', path: `${session}/${path}`, headers: server.headers });
  const { root_path: tree } = Placed.parse(await get('workspace/info'));

  const list = async () => Counted.parse(await get('files?perPage=50'));
  const page = async () => {
    const { children } = Listed.parse(await get('workspace/files?path=part-1&perPage=100'));
    if (children.length !== Math.min(100, stage.sized(files) / 40)) throw new Error('The page is not whole.');
  };
  const search = () => get('workspace/search/files?q=file199&include_preview=false');
  const content = () => get('files/search?q=1999%20A%20line&literal=true');

  return {
    async round() {
      const sample: Record<string, number> = {};
      let stall = 0;
      let slice = 0;
      const note = async (name: string, work: () => Promise<number>): Promise<void> => {
        const before = await server.program.cpu();
        const gitBefore = endedChildrenTime(server.program.pid) ?? 0;
        let ms = Number.NaN;
        const turns = await server.program.turnsDuring(async () => {
          ms = await work();
        });
        sample[name] = ms;
        const count = name === 'cold' ? 1 : looks;
        const own = ((await server.program.cpu()) - before) / 1000 / count;
        const git = ((endedChildrenTime(server.program.pid) ?? 0) - gitBefore) / 1000 / count;
        stage.note(
          `    ${name}: ${ms.toFixed(0)} ms; of processor time ${own.toFixed(0)} ms by the server and ${git.toFixed(0)} by what it started, each time; ${turns.slice.toFixed(1)} ms of it in the longest turn, which was ${turns.stall.toFixed(1)} ms on the wall`,
        );
        stall = Math.max(stall, turns.stall);
        slice = Math.max(slice, turns.slice);
      };
      const repeated = (name: string, work: () => Promise<unknown>, prepare?: () => void) =>
        note(name, () => medianOf(work, prepare));

      // In the first round nobody has ever looked; later there lies what the server before has found.
      await server.program.stop();
      server = await start();
      await note('cold', async () => {
        const from = performance.now();
        await list();
        return performance.now() - from;
      });
      await repeated('changes', list);
      await repeated('edited once', list, () => edit(tree, fewEdits));
      await repeated('edited', list, () => edit(tree, edits));
      await repeated('edited much', list, () => edit(tree, manyEdits));
      const { total } = await list();
      if (total !== Math.min(manyEdits, stage.sized(files)))
        throw new Error(`${total} files are listed as changed.`);
      await repeated('page', page);
      await repeated('page edited', page, () => edit(tree, 1));
      await repeated('search', search);
      await repeated('search edited', search, () => edit(tree, 1));
      await repeated('content', content);
      return { ...sample, stall, slice } satisfies Sample;
    },
    close: () => server.program.stop(),
  };
};

/** What is measured, and what the report calls it. */
const measured = {
  cold: 'the list of changes, the first time after a start',
  changes: 'the list of changes',
  'edited once': 'the list of changes after an edit',
  edited: `the list of changes after ${edits} edits`,
  'edited much': `the list of changes after ${manyEdits} edits`,
  page: 'a page of a directory',
  'page edited': 'a page of a directory after an edit',
  search: 'a search for a path',
  'search edited': 'a search for a path after an edit',
  content: 'a search in the contents',
} as const;

const judged = (name: keyof typeof measured) => ({
  name: name.replaceAll(' ', '-'),
  of: measured[name],
  unit: 'ms' as const,
  value: (round: Parameters<typeof take>[0]) => take(round, 'ours', name),
});

export const look: Figure = {
  number: 13,
  name: 'Look into 20,000 files',
  what: `The list of changes, a page of a directory and searches in the workspace of a session with 20,000 files, up to ${manyEdits} of them changed; the median of ${looks}, and the longest turn of the server's event loop meanwhile.`,
  measures: 'latency',
  samples: {
    status: 'ms, `git status`',
    list: 'ms, `git ls-files`',
    ...Object.fromEntries(Object.entries(measured).map(([name, what]) => [name, `ms, ${what}`])),
    stall: 'ms on the wall, the longest turn of the event loop',
    slice: 'ms of processor time in the longest turn of the event loop',
  },
  variants: [
    { name: 'raw', is: '`git status` and `git ls-files` in a checkout with the same edits', open: openGit },
    { name: 'ours', is: '`ah agent access-point`, over HTTP', open: openOurs },
  ],
  judgements: [
    judged('cold'),
    judged('changes'),
    judged('edited once'),
    judged('edited'),
    judged('edited much'),
    judged('page'),
    judged('page edited'),
    judged('search'),
    judged('search edited'),
    {
      name: 'stall',
      of: 'the longest turn of the event loop',
      unit: 'ms',
      value: (round) => take(round, 'ours', 'stall'),
    },
    {
      name: 'slice',
      of: 'processor time in the longest turn',
      unit: 'ms',
      value: (round) => take(round, 'ours', 'slice'),
    },
    {
      name: 'status',
      of: 'list of changes, to `git status`',
      unit: '×',
      value: ratio('changes', 'ours', 'raw', 'status'),
    },
  ],
};
