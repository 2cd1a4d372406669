/** Agents for tasks without a repository. */
const task = (prompt: string, agent: object) => ({ prompt, repo: { mode: 'none' }, agent });

/** A program that only waits until the file is there. */
export const waitingTask = (stop: string, labels: Record<string, string> = {}) => ({
  ...task('Wait', {
    type: 'command',
    settings: { command: ['sh', '-c', 'while [ ! -e "$1" ]; do sleep 0.1; done', 'sh', stop] },
  }),
  labels,
});

/** An agent that hears prompts and answers each, until it is stopped. */
export const answeringTask = () => ({
  ...task('Answer', {
    type: 'mock',
    settings: { scenario: { name: 'answers', timeline: [{ llmResponse: [{ assistant: [[0, 'Yes.']] }] }] } },
  }),
  interactive: true,
  idleTimeoutSeconds: 3_600,
});

/** A program that ends at once: its log can be appended to for ever, and nothing runs for it. */
export const endedTask = () => task('End', { type: 'command', settings: { command: ['true'] } });

/** A program that says `line 1`, `line 2` …, one every `everyMs`, until the file is there. */
export const countingTask = (stop: string, everyMs = 5) =>
  task('Count', {
    type: 'command',
    settings: { command: [process.execPath, '-e', counting, stop, String(everyMs)] },
  });

const counting = `
  const [stop, every] = process.argv.slice(1);
  const fs = require('node:fs');
  let line = 0;
  const timer = setInterval(() => {
    console.log('line ' + ++line);
    if (line % 5 === 0 && fs.existsSync(stop)) { clearInterval(timer); console.log('end ' + line); }
  }, Number(every));
`;
