import { appendFileSync, mkdirSync, readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionUpdate, StopReason } from '@agentclientprotocol/sdk';
import { z } from 'zod';

const passed = <Shape>() => z.custom<Shape>((value) => typeof value === 'object' && value !== null);

/** What is written down of a session, one thing per line. */
const Kept = z.union([
  z.object({ begun: z.object({ version: z.literal(1), cwd: z.string(), at: z.string() }) }).strict(),
  /** The client asked for something; the turn it is answered by. */
  z.object({ prompt: z.string(), turn: z.number().int().min(0) }).strict(),
  z.object({ update: passed<SessionUpdate>() }).strict(),
  /** So many steps of the turn are done, and nothing of them is under way. */
  z.object({ done: z.number().int().min(0) }).strict(),
  z.object({ ended: z.custom<StopReason>((value) => typeof value === 'string') }).strict(),
  z.object({ mode: z.string() }).strict(),
  z.object({ model: z.string() }).strict(),
  /** A call no leave was given for. */
  z.object({ denied: z.string() }).strict(),
]);
export type Kept = z.infer<typeof Kept>;

/** Where sessions are kept, so that another process of this agent can go on with them. */
export interface SessionStore {
  /** A new session, with an id that none has. */
  create(cwd: string): string;
  keep(sessionId: string, line: Kept): void;
  /** Everything that was kept of a session, in order; nothing where there is no such session. */
  read(sessionId: string): AsyncGenerator<Kept>;
  /** The ids of all, in the order they were made. */
  ids(): readonly string[];
}

const idShape = /^mock-session-([1-9]\d{0,8})$/;

/**
 * Sessions as files of a directory, one JSON value per line. A line is written before the client hears of what it says;
 * what a crash cut off at the end is passed over. Throws where there can be no such directory.
 */
export const createSessionStore = (directory: string, now: () => number): SessionStore => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const fileOf = (sessionId: string) => join(directory, `${sessionId}.jsonl`);
  const numbers = (): readonly number[] =>
    readdirSync(directory)
      .flatMap((name) => {
        const number = name.endsWith('.jsonl')
          ? idShape.exec(name.slice(0, -'.jsonl'.length))?.[1]
          : undefined;
        return number === undefined ? [] : [Number(number)];
      })
      .toSorted((one, other) => one - other);

  return {
    create(cwd) {
      for (let number = (numbers().at(-1) ?? 0) + 1; ; number++) {
        const id = `mock-session-${number}`;
        try {
          // Another process of the agent may take the same number at the same moment.
          const begun = { version: 1, cwd, at: new Date(now()).toISOString() } as const;
          appendFileSync(fileOf(id), lineOf({ begun }), { flag: 'ax', mode: 0o600 });
          return id;
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
        }
      }
    },
    keep: (sessionId, line) => appendFileSync(fileOf(sessionId), lineOf(line), { mode: 0o600 }),
    async *read(sessionId) {
      if (!idShape.test(sessionId)) return;
      const file = await open(fileOf(sessionId)).catch(() => undefined);
      if (file === undefined) return;
      for await (const line of file.readLines()) {
        const kept = Kept.safeParse(jsonOf(line));
        if (kept.success) yield kept.data;
      }
    },
    ids: () => numbers().map((number) => `mock-session-${number}`),
  };
};

const lineOf = (line: Kept): string => `${JSON.stringify(line)}\n`;

const jsonOf = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};
