import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { OutputClosed } from './io.ts';
import { outputOf } from './stream-output.ts';

/** A stream whose reader takes a chunk when it is told to. */
const slowStream = () => {
  const taken: string[] = [];
  const waiting: ((error?: Error) => void)[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      taken.push(String(chunk));
      waiting.push(done);
    },
  });
  return { stream, taken, take: (error?: Error) => waiting.shift()?.(error) };
};

const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false;
  void promise.finally(() => {
    done = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return done;
};

test('a write waits for its reader', async () => {
  const { stream, taken, take } = slowStream();
  const output = outputOf(stream, new AbortController().signal);
  const write = output.write('a');
  expect(await settled(write)).toBe(false);
  take();
  await write;
  expect(taken).toEqual(['a']);
});

test('whoever pressed Ctrl-C does not wait for a reader that stands still', async () => {
  const { stream, taken, take } = slowStream();
  const leaving = new AbortController();
  const output = outputOf(stream, leaving.signal);
  const write = output.write('a');
  leaving.abort();
  await write;
  await output.write('b');
  take();
  take();
  expect(taken).toEqual(['a', 'b']);
});

test('a reader that went away is told apart from a disk that is full', async () => {
  for (const [code, kind] of [
    ['EPIPE', OutputClosed],
    ['ENOSPC', Error],
  ] as const) {
    const { stream, take } = slowStream();
    const output = outputOf(stream, new AbortController().signal);
    const write = output.write('a');
    take(Object.assign(new Error(code), { code }));
    await expect(write).rejects.toBeInstanceOf(kind);
    // The stream is closed by then.
    if (kind === OutputClosed) await expect(output.write('b')).rejects.toBeInstanceOf(OutputClosed);
  }
});
