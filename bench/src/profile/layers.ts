import type { Frame } from './cpu-profile.ts';

/** A part of the product, and its share of the processor time. */
export interface Layer {
  readonly name: string;
  /** Of 1. */
  readonly share: number;
}

/** The first pattern that fits the path of a source file names its layer. */
const layers: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/packages\/store\/|better-sqlite3/, 'store and SQLite'],
  [/kysely/, 'Kysely'],
  [/packages\/core\//, 'core: rules, sessions, log'],
  [/packages\/rest-api\/src\/express\//, 'rest-api: from Node and back'],
  [/packages\/rest-api\//, 'rest-api: the pipeline and the routes'],
  [/packages\/api-contract\//, 'contract'],
  [/packages\/executor\//, 'executor'],
  [/apps\//, 'the server around it'],
  [/node_modules\/zod\//, 'zod'],
  [/@ts-rest/, 'ts-rest'],
  [/express|body-parser|router\/|finalhandler|path-to-regexp|qs\//, 'Express'],
  [/node_modules\//, 'other libraries'],
  [
    /^node:(?:internal\/)?_?http|^node:_http|^node:net|^node:internal\/(?:streams?|http|net|stream_base)/,
    'Node: HTTP and sockets',
  ],
  [/^node:/, 'Node: the rest'],
];

/** Functions without a file that are not ours to speed up one by one. */
const engine: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'outside of JavaScript: the kernel, Node'],
]);

/** Shares of the time that was not idle, the largest first; `sourceOf` gives the source of a place in a bundle. */
export const layersOf = (frames: readonly Frame[], sourceOf: (frame: Frame) => string): Layer[] => {
  const times = new Map<string, number>();
  for (const frame of frames) {
    // Neither waiting nor the profiler itself is work of the server.
    if (frame.name === '(idle)' || frame.url.startsWith('node:inspector')) continue;
    const name = engine.get(frame.name) ?? layerOf(sourceOf(frame));
    times.set(name, (times.get(name) ?? 0) + frame.self);
  }
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([name, time]) => ({ name, share: time / all }))
    .sort((one, other) => other.share - one.share);
};

const layerOf = (source: string): string =>
  layers.find(([pattern]) => pattern.test(source))?.[1] ?? 'elsewhere';
