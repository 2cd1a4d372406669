import { playTerminal, usualTerminal } from '@agent-harbor/scenario';
import { systemClock } from '../../recorder/system-clock.ts';
import type { MockSettings } from './settings.ts';

/** Plays what a scenario has for a terminal in the terminal this process runs in, until that is over. */
export const playInTerminal = async (settings: MockSettings, prompt: string): Promise<void> => {
  const { stdin, stdout } = process;
  const script = settings.scenarioFor(prompt)['x-terminal'] ?? usualTerminal;
  // What is shown is the script's to say: the terminal itself neither echoes nor changes anything.
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  const code = await new Promise<number>((resolve) => {
    const play = playTerminal(script, {
      speed: settings.speed,
      size: () => {
        // Node asks for the size when it hears the signal, which may be behind what was typed after it.
        process.emit('SIGWINCH');
        return { cols: stdout.columns ?? 80, rows: stdout.rows ?? 24 };
      },
      schedule: (delayMs, wake) => systemClock.schedule(delayMs, wake),
      // Node leaves it to the terminal to make a line end of a line feed.
      show: (text) => void stdout.write(stdin.isTTY ? text.replaceAll('\r\n', '\n') : text),
      exit: resolve,
    });
    stdin.on('data', (text) => play.type(String(text)));
    stdin.on('end', () => resolve(0));
    stdout.on('resize', () => play.resized());
    process.on('SIGHUP', () => resolve(129));
    process.on('SIGTERM', () => resolve(143));
  });
  process.exitCode = code;
  await new Promise<void>((resolve) => stdout.write('', () => resolve()));
  process.exit(code);
};
