import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = '@agent-harbor/source';

interface Manifest {
  name: string;
  private?: boolean;
  exports: Record<string, string | Record<string, string>>;
  publishConfig?: { exports?: Record<string, string | Record<string, string>> };
}

const manifests = globSync('{packages,apps}/*/package.json', { cwd: root }).map(
  (path): Manifest => JSON.parse(readFileSync(root + path, 'utf8')),
);

describe.each(manifests)('$name', (manifest) => {
  const doors = Object.values(manifest.exports).filter((door) => typeof door === 'object');

  // Node and bundlers take the first condition that matches.
  test('lists the source condition first', () => {
    for (const door of doors) expect(Object.keys(door)).toEqual([source, 'types', 'default']);
  });

  test('publishes the same doors without the source condition', () => {
    if (manifest.private === true || doors.length === 0) return;
    const expected = Object.fromEntries(
      Object.entries(manifest.exports).map(([door, target]) => {
        if (typeof target === 'string') return [door, target];
        const { [source]: _source, ...published } = target;
        return [door, published];
      }),
    );
    expect(manifest.publishConfig?.exports).toEqual(expected);
  });
});
