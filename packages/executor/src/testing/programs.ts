/** Small programs for Node, as agents of tests. Each is an argv. */
export const node = (code: string, ...args: readonly string[]): string[] => [
  process.execPath,
  '-e',
  code,
  ...args,
];

/** Runs `code` in a child. */
export const inChild = (code: string, options: Readonly<Record<string, unknown>> = {}): string =>
  `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(code)}], ${JSON.stringify({ stdio: 'inherit', ...options })})`;

/** Runs `code` in a process that left its parent, its group and its terminal; its parent is gone when it runs. */
export const detached = (code: string, env = 'process.env'): string =>
  `{ const { spawn } = require('node:child_process');
     const inner = ${JSON.stringify(code)};
     const outer = "require('node:child_process').spawn(process.execPath, ['-e', " + JSON.stringify(inner) +
       "], { detached: true, stdio: 'inherit', env: " + ${JSON.stringify(env)} + " }).unref()";
     spawn(process.execPath, ['-e', outer], { detached: true, stdio: 'inherit' }).unref(); }`;

/** Says its pid on the standard output and stays, whatever it is asked. */
export const stayAndSayPid = `
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
  setInterval(() => {}, 1000);
  console.log(process.pid);`;

/** Says its pid on the standard output and uses all of the processor it gets. */
export const busy = 'console.log(process.pid); for (;;);';

/** Starts a process that starts the next one, and so on, a few at a time; the third of them says its pid. */
export const multiply = (generations: number, lingerMs: number): string => {
  // The generations are counted, so that a failure ends.
  const generation = `
    const left = Number(process.argv[1] ?? ${generations});
    if (left === ${generations - 2}) console.log(process.pid);
    if (left > 0) {
      const { spawn } = require('node:child_process');
      spawn(process.execPath, ['-e', process.env.CODE, String(left - 1)], { stdio: 'inherit' });
      setTimeout(() => {}, ${lingerMs});
    }`;
  return `process.env.CODE = ${JSON.stringify(generation)}; process.argv[1] = '${generations}'; ${generation}`;
};
