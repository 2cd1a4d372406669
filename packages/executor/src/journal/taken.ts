import { createReadStream } from 'node:fs';
import { createLineSplitter } from './line-splitter.ts';
import { encodeRecord } from './record.ts';

/** Longer lines are events; what is looked for is short. */
const lineLimit = 4 * 1024;

/** Whether the command with this id is written down in a journal: whoever sent it may have died before he heard so. */
export const wasTaken = async (path: string, id: string): Promise<boolean> => {
  const wanted = encodeRecord({ kind: 'command', id }).subarray(0, -1);
  let isFound = false;
  const lines = createLineSplitter(lineLimit, (line) => {
    isFound ||= line.equals(wanted);
  });
  try {
    for await (const chunk of createReadStream(path)) {
      lines.push(chunk);
      if (isFound) return true;
    }
  } catch {
    // There is none, or none that can be read.
  }
  return false;
};
