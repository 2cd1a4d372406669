import { wholeHost } from '@agent-harbor/core';
import { expect, test } from 'vitest';
import { startChild } from './testing/child.ts';
import { created, everything, logged, sampleId } from './testing/samples.ts';
import { openTemporary, temporaryPath } from './testing/temporary.ts';

test('a process killed in the middle of appending loses nothing it acknowledged and doubles nothing', {
  timeout: 60_000,
}, async () => {
  const path = await temporaryPath();
  const sessions = [1, 2, 3, 4];
  const setUp = await openTemporary(path);
  for (const number of sessions) await setUp.commit(created(number));
  await setUp.close();

  const acknowledged = new Set<string>();
  for (const killAfter of [2, 40, 137, 300]) {
    const child = startChild(path);
    await child.lines(killAfter);
    const [ready, ...lines] = await child.kill();
    expect(ready).toBe('ready');
    for (const line of lines) acknowledged.add(line);

    const store = await openTemporary(path);
    const messages = (await store.events(everything)).map(({ json }): unknown => JSON.parse(json).message);
    expect(new Set(messages).size, 'doubled').toBe(messages.length);
    expect(
      [...acknowledged].filter((line) => !messages.includes(line)),
      'lost',
    ).toEqual([]);
    for (const number of sessions) {
      const events = await store.events({ ...everything, sessionId: sampleId(number) });
      const stored = await store.session(wholeHost, sampleId(number));
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      expect(stored).toMatchObject({ lastSeq: events.length, journalOffset: events.length });

      // A journal that is read again from its start changes nothing.
      const again = {
        kind: 'events-appended',
        sessionId: sampleId(number),
        events: [logged('again')],
      } as const;
      const replayed = await Promise.all(
        events.map((_, index) => store.commit([{ ...again, journalOffset: index + 1 }])),
      );
      expect(replayed.flat()).toEqual([]);
    }
    await store.close();
  }
  expect(acknowledged.size).toBeGreaterThan(400);
});
