import { spawn } from '@lydell/node-pty';
import { expect, onTestFinished, test, vi } from 'vitest';
import { fromSource } from '../../testing/from-source.ts';

// Real processes on a host that may be busy.
vi.setConfig({ testTimeout: 60_000 });

test('what is asked behind a change of size is answered with the new size', async () => {
  const scenario = {
    name: 'x',
    timeline: [],
    'x-terminal': { answers: [{ input: 'size', output: '{cols}x{rows}\r\n' }] },
  };
  const env = {
    AH_MOCK_SETTINGS: JSON.stringify({ scenario, terminal: { cols: 80, rows: 24 } }),
    AH_MOCK_PROMPT: 'x',
  };
  const [program, ...args] = fromSource('agents/mock/main.ts');
  const terminal = spawn(program, args, { name: 'xterm', cols: 80, rows: 24, env });
  onTestFinished(() => terminal.kill('SIGKILL'));
  let shown = '';
  let tell = () => {};
  terminal.onData((text) => {
    shown += text;
    tell();
  });
  const answer = async (): Promise<string> => {
    for (;;) {
      const [, size, rest] = /(\d+x\d+)\r\n(.*)/s.exec(shown) ?? [];
      if (size !== undefined) {
        shown = rest ?? '';
        return size;
      }
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
    }
  };
  // Asked until it listens.
  terminal.write('size\r');
  expect(await answer()).toBe('80x24');
  for (let cols = 60; cols < 160; cols++) {
    terminal.resize(cols, 30);
    terminal.write('size\r');
    expect(await answer()).toBe(`${cols}x30`);
  }
});
