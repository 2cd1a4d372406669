/** Plays the agent of a recorded transcript: says what it said, when it hears what it heard. Run as a program by tests. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const Message = z.object({ id: z.unknown(), method: z.string().optional() }).passthrough();

const [, , file = ''] = process.argv;
const steps = readFileSync(file, 'utf8').trimEnd().split('\n');
const workspace = '/workspace';
let cwd = workspace;
/** Requests of the client: the id they had then, and the one they have now. */
const ids = new Map<unknown, unknown>();

const fail = (why: string): never => {
  process.stderr.write(`${why}\n`);
  process.exit(3);
};

const speak = (line: string): void => {
  const message = Message.parse(JSON.parse(line.replaceAll(workspace, cwd)));
  const isAnswer = message.method === undefined;
  process.stdout.write(`${JSON.stringify(isAnswer ? { ...message, id: ids.get(message.id) } : message)}\n`);
};

/** Says everything up to what is to be heard next. */
const goOn = (): void => {
  while (steps[0]?.startsWith('< ')) speak(steps.shift()?.slice(2) ?? '');
};

goOn();
for await (const line of createInterface({ input: process.stdin })) {
  const heard = Message.parse(JSON.parse(line));
  const expected = Message.parse(JSON.parse(steps.shift()?.slice(2) ?? '{}'));
  if (heard.method !== expected.method)
    fail(`It was ${expected.method ?? 'an answer'} then, now it is ${line}`);
  if (heard.method !== undefined) ids.set(expected.id, heard.id);
  const params = z.object({ cwd: z.string() }).safeParse(heard.params);
  if (params.success) cwd = params.data.cwd;
  goOn();
}
process.exit(steps.length === 0 ? 0 : 4);
