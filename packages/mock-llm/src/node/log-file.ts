import { type FileHandle, open } from 'node:fs/promises';
import { Problem } from '@agent-harbor/core';
import type { RecordedRequest } from '../world/requests.ts';

/** A file of requests, one line of JSON each, in their order. */
export interface LogFile {
  readonly append: (request: RecordedRequest) => void;
  close(): Promise<void>;
}

/** Opens it for appending; prompts may be private, so nobody else can read a new one. */
export const openLogFile = async (path: string): Promise<LogFile> => {
  const file = await open(path, 'a', 0o600).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem('invalid-request', {
      detail: `log: ${path} cannot be written: ${reason}`,
      errors: { log: [`cannot be written: ${reason}`] },
      cause: error,
    });
  });
  let written: Promise<void> = Promise.resolve();
  return {
    append(request) {
      // A line that cannot be written is lost; the answer to the agent is not.
      written = written.then(() => line(file, request)).catch(() => undefined);
    },
    async close() {
      await written;
      await file.close();
    },
  };
};

const line = async (file: FileHandle, request: RecordedRequest): Promise<void> => {
  await file.appendFile(`${JSON.stringify(request)}\n`);
};
