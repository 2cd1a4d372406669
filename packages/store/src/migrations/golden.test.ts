import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { wholeHost } from '@agent-harbor/core';
import { expect, test } from 'vitest';
import { appended, everything, sampleId } from '../testing/samples.ts';
import { openTemporary, temporaryPath } from '../testing/temporary.ts';

/** Databases that a released server wrote, with all that it gave when they were read. */
const releases = ['0.1.0'];

for (const release of releases) {
  test(`a database of ${release} opens, replays byte for byte, and goes on`, {
    timeout: 30_000,
  }, async () => {
    const golden = new URL(`../testing/golden/${release}`, import.meta.url);
    const contents: unknown = JSON.parse(await readFile(`${golden.pathname}.json`, 'utf8'));
    const path = await temporaryPath();
    await writeFile(path, gunzipSync(await readFile(`${golden.pathname}.db.gz`)));

    const store = await openTemporary(path);
    const read = async () => ({
      epoch: store.epoch,
      events: (await store.events(everything)).map(({ sessionId, seq, position, json }) => [
        sessionId,
        seq,
        position,
        json,
      ]),
      sessions: (await store.sessions(wholeHost, { archived: 'true' }, 'createdAt', { perPage: 50 })).items,
      approvals: (await store.approvals(wholeHost, {}, { perPage: 9 })).items,
      drafts: (await store.drafts(wholeHost, { perPage: 9 })).items,
      repositories: (await store.repositories(wholeHost, {}, { perPage: 9 })).items,
      reply: await store.reply('s', 'k', 5),
      task: await store.task(wholeHost, sampleId(1)),
    });
    expect(await read()).toEqual(contents);
    for (const number of [1, 2, 3]) {
      const events = await store.events({ ...everything, sessionId: sampleId(number) });
      expect(events).toHaveLength([41, 80, 0][number - 1] ?? 0);
    }

    const [first] = await store.commit([appended(1, 'on and on')]);
    expect(first).toMatchObject({ seq: 42 });
    await store.close();
    const again = await openTemporary(path);
    expect(await again.events({ ...everything, sessionId: sampleId(1) })).toHaveLength(42);
  });
}
