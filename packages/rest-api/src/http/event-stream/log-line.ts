import type { LogLine } from '@agent-harbor/api-contract/schemas';

/** A log entry as text: every line of its message carries time and level, so that lines can be searched one by one. */
export const logLine = ({ ts, level, message }: Pick<LogLine, 'ts' | 'level' | 'message'>): string =>
  message
    .replace(/(?:\r\n|\r|\n)$/, '')
    .split(/\r\n|\r|\n/)
    .map((line) => `${ts} ${level.padEnd(5)} ${line}\n`)
    .join('');
