import { readdirSync, readFileSync } from 'node:fs';

/** Processor time a process has used so far, all its threads, in µs; undefined where there is no /proc. */
export const cpuTime = (pid: number): number | undefined => {
  try {
    let nanoseconds = 0;
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ')[0]);
    }
    return nanoseconds / 1000;
  } catch {
    return undefined;
  }
};

/** What a process holds in memory, in MiB; undefined where there is no /proc. */
export const residentMemory = (pid: number): number | undefined => {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
};
