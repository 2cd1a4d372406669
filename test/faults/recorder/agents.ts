/** Agents that leave processes behind which nobody finds by parent, group or terminal. */
const task = (prompt: string, code: string, ...args: readonly string[]) => ({
  prompt,
  repo: { mode: 'none' },
  agent: { type: 'command', settings: { command: [process.execPath, '-e', code, ...args] } },
});

/** `mark` stands in the command line of every process that it starts, so that they are found. */
const leave = `
  const { spawn } = require('node:child_process');
  const stay = 'setInterval(() => {}, 1000)';
  const [stop, mark] = process.argv.slice(1);
  const outer = 'require("node:child_process").spawn(process.execPath, ["-e", ' + JSON.stringify(stay) + ', ' +
    JSON.stringify(mark) + '], { detached: true, stdio: "ignore" }).unref()';
  spawn(process.execPath, ['-e', outer], { detached: true, stdio: 'ignore' }).unref();
`;

/** Says its pid and a few lines, leaves a process behind, and ends by itself. */
export const shortTask = (mark: string) =>
  task(
    'Be short',
    `${leave}
     console.log('pid ' + process.pid);
     for (let line = 1; line <= 20; line++) console.log('line ' + line);
     setTimeout(() => {}, 100);`,
    'never',
    mark,
  );

/** Says its pid and counts until the file is there. */
export const countingTask = (stop: string, mark: string, everyMs = 10) =>
  task(
    'Count',
    `${leave}
     const fs = require('node:fs');
     console.log('pid ' + process.pid);
     let line = 0;
     const timer = setInterval(() => {
       console.log('line ' + ++line);
       if (line % 10 === 0 && fs.existsSync(stop)) { clearInterval(timer); console.log('end ' + line); }
     }, ${everyMs});`,
    stop,
    mark,
  );

/**
 * Says numbered lines as fast as they are taken until the file is there, and writes down elsewhere how many it got rid
 * of.
 */
export const floodingTask = (stop: string, mark: string, progress: string) =>
  task(
    'Flood',
    `const fs = require('node:fs');
     const [stop, , progress] = process.argv.slice(1);
     const count = fs.openSync(progress, 'w');
     const say = (text) => {
       const bytes = Buffer.from(text);
       for (let done = 0; done < bytes.length; ) {
         try { done += fs.writeSync(1, bytes, done); } catch (error) { if (error.code !== 'EAGAIN') throw error; }
       }
     };
     for (let line = 0; ; ) {
       let text = '';
       for (const end = line + 100; line < end; ) text += 'line ' + ++line + '\\n';
       say(text);
       fs.writeSync(count, String(line).padStart(12), 0);
       if (fs.existsSync(stop)) { say('end ' + line + '\\n'); break; }
     }`,
    stop,
    mark,
    progress,
  );
