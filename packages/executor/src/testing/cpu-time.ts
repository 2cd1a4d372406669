import { readFileSync } from 'node:fs';

/** What a process has used of the processor up to now, in ticks of the kernel, all its threads together. */
export const cpuTicks = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
};
