import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMockServer } from '@agent-harbor/mock-server/start';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../run.ts';
import { createFakeIo, type FakeIoOptions } from '../../testing/fake-io.ts';

let folder: string;
const ah = async (argv: readonly string[], options: FakeIoOptions = {}) => {
  const io = createFakeIo({ cwd: folder, ...options });
  const code = await run(argv, io);
  return { code, out: io.out(), err: io.err() };
};
/** What was printed as JSON, a line each. */
const linesOf = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
/** Events without what differs from one play to the next. */
const deeds = (out: string) =>
  linesOf(out)
    .filter(({ type }) => type !== 'status' && type !== 'delivery')
    .map(({ seq: _seq, ts: _ts, sessionId: _session, tool_execution_id: _id, ...deed }) => deed);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ah-scenario-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('ah scenario', () => {
  test('lists what is built in, shows one, and what is shown plays the same', async () => {
    const { out, code } = await ah(['scenario', 'list', '--tag', 'failure', '--json']);
    expect(code).toBe(0);
    const names = JSON.parse(out).items.map(({ name }: { name: string }) => name);
    expect(names).toContain('agent-crash');
    expect((await ah(['scenario', 'list'])).out).toMatch(
      /^NAME +TAGS +WHAT IT SHOWS\nquick-edit +short +Two new files/,
    );
    const shown = await ah(['scenario', 'show', 'quick-edit']);
    expect(shown.out).toMatch(/^name: quick-edit\n/);
    await writeFile(join(folder, 'shown.yaml'), shown.out);
    const [own, builtIn] = await Promise.all(
      ['shown.yaml', 'quick-edit'].map((name) => ah(['scenario', 'play', name, '--speed', '0', '--json'])),
    );
    expect(deeds(own?.out ?? '')).toEqual(deeds(builtIn?.out ?? ''));
  });

  test('checks files: what is wrong with its place, and what is never played', async () => {
    await writeFile(join(folder, 'wrong.yaml'), 'name: x\ntimeline:\n  - thnk: a\n  - log: 7\n');
    await writeFile(
      join(folder, 'odd.yaml'),
      'name: odd\ntimeline:\n  - rules: [{ when: $slow, config: [{ baseTimeDelta: 500 }] }]\n  - complete: true\n  - log: late\n',
    );
    const { code, out } = await ah(['scenario', 'check', 'wrong.yaml', 'odd.yaml', '--define', 'slow']);
    expect(code).toBe(7);
    expect(out).toMatch(/^wrong wrong\.yaml\n/);
    expect(out).toMatch(/wrong\.yaml:3:5: timeline\.0\.thnk: is not a member/);
    expect(out).toMatch(/wrong\.yaml:4:10: timeline\.1\.log: must be string or object/);
    expect(out).toContain('fine  odd.yaml: odd, 1 turn, 0.5 s\n      never played: log behind the end\n');
    const fromEnvironment = await ah(['scenario', 'check', 'odd.yaml', '--json'], {
      env: { AH_SCENARIO_DEFINES: 'slow=true' },
    });
    expect(fromEnvironment.code).toBe(0);
    expect(JSON.parse(fromEnvironment.out).items).toMatchObject([{ ok: true, durationMs: 500, turns: 1 }]);
    const without = await ah(['scenario', 'check', 'odd.yaml', '--json']);
    expect(JSON.parse(without.out).items).toMatchObject([{ durationMs: 0 }]);
  });

  test('prints a schema', async () => {
    const { out } = await ah(['scenario', 'schema']);
    expect(JSON.parse(out)).toMatchObject({ title: 'Scenario', type: 'object' });
  });

  test('plays: every event a line, and the end as the exit code', async () => {
    const { code, out } = await ah(['scenario', 'play', 'failing', '--speed', '0']);
    expect(code).toBe(1);
    expect(out).toMatch(/status {4}failed \(exit code 3\)/);
    expect((await ah(['scenario', 'play', 'multi-turn-chat', '--speed', '0'])).code).toBe(0);
    const interrupted = createFakeIo({ cwd: folder });
    const playing = run(['scenario', 'play', 'long-running'], interrupted);
    await interrupted.seen('This will take a while.');
    interrupted.interrupt();
    expect(await playing).toBe(130);
  });

  test.each([
    [['play', 'no-such'], /There is no scenario no-such/],
    [['show', 'no-such'], /There is no scenario no-such/],
    [['play', './no-such.yaml'], /no-such\.yaml cannot be read/],
    [['play', 'failing', '--speed', 'fast'], /--speed/],
    [['check', 'odd.yaml', '--define', '7=x'], /does not begin with a name/],
  ])('%j is refused', async (argv, words) => {
    const { code, err } = await ah(['scenario', ...argv]);
    expect(code).toBe(7);
    expect(err).toMatch(words);
  });
});

describe('ah scenario record', () => {
  const closing: (() => Promise<void>)[] = [];
  let env: Record<string, string>;
  beforeAll(async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'ah-scenario-server-'));
    closing.push(() => rm(stateDir, { recursive: true, force: true }));
    const server = await startMockServer({ port: 0, stateDir, speed: 0.05 });
    closing.push(() => server.close());
    env = { AH_REST_BASE: server.url, AH_HOME: stateDir };
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  test.each(['fix-failing-test', 'approval-denied', 'unicode-and-binary', 'agent-crash'])(
    'turns a session into a scenario that replays to the same events: %s',
    async (name) => {
      const task = [
        'task',
        '--repo',
        'https://example.test/shop.git',
        '--prompt',
        'Do it',
        '--agent',
        'mock',
      ];
      const launched = await ah([...task, '--setting', `scenario=${name}`, '--json'], { env });
      const { id } = JSON.parse(launched.out);
      await ah(['session', 'events', id, '--follow'], { env });
      const recorded = await ah(['scenario', 'record', id, '--name', 'again'], { env });
      expect(recorded).toMatchObject({ code: 0, err: '' });
      const file = join(folder, `${name}.yaml`);
      await writeFile(file, recorded.out);
      expect(await readFile(file, 'utf8')).toMatch(/^name: again\n/);
      const played = await ah(['scenario', 'play', file, '--speed', '0', '--json']);
      const events = await ah(['session', 'events', id, '--json'], { env });
      // It is played at once, so nothing takes time.
      const withoutTimes = (deed: object) => ({ ...deed, expiresAt: undefined, duration_ms: undefined });
      expect(deeds(played.out).map(withoutTimes)).toEqual(deeds(events.out).map(withoutTimes));
      const [end] = linesOf(played.out).slice(-1);
      const { status, reason } = linesOf(events.out).findLast(({ type }) => type === 'status');
      expect([end.status, end.reason]).toEqual([status, reason]);
    },
  );
});
