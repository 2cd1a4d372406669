import { readFileSync } from 'node:fs';
import type { ServerUnderTest } from '../harness/server.ts';

/** One number of what the server tells about itself; the labels as they stand there, `how="cut"`. */
export const figureOf = async (server: ServerUnderTest, name: string, labels = ''): Promise<number> => {
  const response = await server.call('GET', '/metrics');
  const text = await response.text();
  if (!response.ok) throw new Error(`The metrics answered ${response.status}: ${text}`);
  const series = labels === '' ? name : `${name}{${labels}}`;
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  if (line === undefined) throw new Error(`There is no ${series} in the metrics.`);
  return Number(line.slice(series.length + 1));
};

/** The memory a process has of its own, in bytes. */
export const memoryOf = (pid: number): number => {
  const [, kib] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
};
