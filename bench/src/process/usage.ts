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

/**
 * Processor time of the processes it had started that have ended, by itself or by its fork server, in µs, as exact as the clock of the kernel ticks (mostly
 * 10 ms); undefined where there is no /proc.
 */
export const endedChildrenTime = (pid: number): number | undefined => {
  const own = endedTime(pid);
  return own === undefined ? undefined : own + (endedTime(forkServerOf(pid)) ?? 0);
};

const forkServerOf = (pid: number): number | undefined => {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean);
    const found = children.find((child) =>
      readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('fork-server'),
    );
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
};

const endedTime = (pid: number | undefined): number | undefined => {
  try {
    // The name of the program may hold anything; what follows it does not.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[13]) + Number(fields[14])) * tickMicroseconds;
  } catch {
    return undefined;
  }
};

/** A hundredth of a second, on every Linux there is. */
const tickMicroseconds = 10_000;

/** What a process holds in memory, in MiB; undefined where there is no /proc. */
export const residentMemory = (pid: number): number | undefined => {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
};
