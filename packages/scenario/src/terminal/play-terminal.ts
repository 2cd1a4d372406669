import type { TerminalSize } from '@agent-harbor/api-contract/schemas';
import type { ScenarioTerminal } from '../format/terminal.ts';

/** What a scripted program in a terminal works with. */
export interface TerminalStage {
  /** Times of the script are multiplied by this. */
  readonly speed: number;
  /** The size of the terminal now. */
  readonly size: () => TerminalSize;
  /** Calls `wake` once after so many milliseconds; the returned function prevents it. */
  readonly schedule: (delayMs: number, wake: () => void) => () => void;
  /** Shows this, escape sequences too. */
  show(text: string): void;
  /** The program has ended; it shows nothing more. */
  exit(code: number): void;
}

/** A scripted program at work. */
export interface TerminalPlay {
  /** Somebody typed this. */
  type(text: string): void;
  /** The terminal has another size. */
  resized(): void;
  /** Shows nothing more. */
  stop(): void;
}

const enter = /[\r\n]/;
const interrupt = '\u0003';
const rubOut = /[\b\u007f]/;

/** Plays what a scenario has for a terminal; what is due at once is shown before this returns. */
export const playTerminal = (script: ScenarioTerminal, stage: TerminalStage): TerminalPlay => {
  let line = '';
  let isOver = false;
  let shown = 0;
  let cancel = () => {};

  const end = (code: number) => {
    stop();
    stage.exit(code);
  };
  const stop = () => {
    isOver = true;
    cancel();
  };
  const fill = (text: string) => {
    const { cols, rows } = stage.size();
    return text.replaceAll('{cols}', String(cols)).replaceAll('{rows}', String(rows));
  };
  const show = (text: string) => {
    // As a terminal shows the lines of a program.
    if (text !== '') stage.show(text.replace(/\r?\n/g, '\r\n'));
  };

  const next = (elapsedMs: number): void => {
    const due = script.output[shown];
    if (due === undefined || isOver) return;
    const atMs = due.relativeTime * stage.speed;
    const tell = () => {
      shown += 1;
      show(fill(due.text));
      next(atMs);
    };
    if (atMs > elapsedMs) cancel = stage.schedule(atMs - elapsedMs, tell);
    else tell();
  };

  const typed = (key: string) => {
    const echo = script.echo ? show : () => {};
    if (key === interrupt) {
      echo('^C\r\n');
      end(130);
    } else if (enter.test(key)) {
      const answer = script.answers.find(({ input }) => input === line);
      line = '';
      echo('\r\n');
      show(fill(answer === undefined ? script.otherwise : answer.output));
      if (answer?.exitCode !== undefined) end(answer.exitCode);
    } else if (rubOut.test(key)) {
      if (line !== '') echo('\b \b');
      line = line.replace(/.$/su, '');
    } else {
      line += key;
      echo(key);
    }
  };
  next(0);
  return {
    type(text) {
      for (const key of text) {
        if (isOver) return;
        typed(key);
      }
    },
    resized() {
      if (!isOver) show(fill(script.resized));
    },
    stop,
  };
};
