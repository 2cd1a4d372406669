import { type Git, type GitCall, slowMs } from './git.ts';

/** Hands out what a command prints as records that end with NUL, as they come: a long list holds nobody up for long. */
export const eachRecord = async (
  git: Git,
  args: readonly string[],
  take: (record: Buffer) => void,
  call: GitCall,
): Promise<void> => {
  let rest: Buffer = Buffer.alloc(0);
  await git.run(args, {
    timeoutMs: slowMs,
    ...call,
    output: (chunk) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let start = 0;
      for (let end = bytes.indexOf(0); end !== -1; end = bytes.indexOf(0, start)) {
        take(bytes.subarray(start, end));
        start = end + 1;
      }
      rest = bytes.subarray(start);
    },
  });
};
