import { expect, test } from 'vitest';
import { framesOf } from './cpu-profile.ts';
import { layersOf } from './layers.ts';

const node = (id: number, functionName: string, url: string, children: number[] = []) => ({
  id,
  callFrame: { functionName, url, lineNumber: id, columnNumber: 0 },
  children,
});

const profile = {
  nodes: [
    node(1, '(root)', '', [2, 5, 6, 7]),
    node(2, 'answer', 'file:///project/packages/rest-api/src/http/answer.ts', [3]),
    node(3, 'commit', 'file:///project/packages/store/src/write/commit.ts', [4]),
    node(4, 'run', ''),
    node(5, '(garbage collector)', ''),
    node(6, '(idle)', ''),
    node(7, 'post', 'node:inspector'),
  ],
  samples: [2, 3, 4, 4, 5, 6, 7],
  timeDeltas: [10, 20, 30, 20, 20, 900, 300],
};

test('time belongs to the part it was spent in, and what an addon does to who called it', () => {
  expect(layersOf(framesOf(profile), ({ url }) => url)).toEqual([
    { name: 'store and SQLite', share: 0.7 },
    { name: 'garbage collection', share: 0.2 },
    { name: 'rest-api: the pipeline and the routes', share: 0.1 },
  ]);
});

test('Node, libraries and what nobody knows are told apart', () => {
  // A name that every object has, too.
  const frame = (url: string) => ({ name: 'toString', url, line: 0, column: 0, self: 25 });
  const frames = ['node:_http_server', 'node:internal/timers', '/p/node_modules/zod/v3/types.js', ''].map(
    frame,
  );
  expect(layersOf(frames, ({ url }) => url).map(({ name }) => name)).toEqual([
    'Node: HTTP and sockets',
    'Node: the rest',
    'zod',
    'elsewhere',
  ]);
});
