import type { TerminalFrame, TerminalSize } from '@agent-harbor/api-contract/schemas';
import {
  type AgentExit,
  type Clock,
  createPlainLines,
  Problem,
  type TerminalBatch,
  type TerminalResizing,
  type TerminalTyping,
} from '@agent-harbor/core';
import type { MemoryJournal } from '../executor/journal.ts';
import { news } from '../executor/news.ts';
import { createStopwatch } from '../executor/stopwatch.ts';
import type { ScenarioTerminal } from '../format/terminal.ts';
import { base64Of, bytesOf } from '../tool/bytes.ts';
import { playTerminal } from './play-terminal.ts';

/** A session that plays in a terminal, in memory. */
export interface MemoryTerminal {
  read(after: number, options: { live?: boolean; signal?: AbortSignal }): AsyncIterable<TerminalBatch>;
  type(typing: TerminalTyping): void;
  resize(resizing: TerminalResizing): void;
  pause(): void;
  resume(): void;
  /** Ends it here; the journal gets its last word. */
  end(exit: AgentExit): void;
  /** Plays no further, and lets every reader go. */
  halt(): void;
}

export interface MemoryTerminalParts {
  readonly script: ScenarioTerminal;
  readonly size: TerminalSize;
  readonly speed: number;
  readonly clock: Clock;
  readonly journal: MemoryJournal;
}

/** As many frames are kept, as a server keeps so many bytes. */
const framesKept = 10_000;
const lineCharacters = 4096;

export const createMemoryTerminal = (parts: MemoryTerminalParts): MemoryTerminal => {
  const { clock, journal } = parts;
  const time = createStopwatch(clock);
  const frames: TerminalFrame[] = [];
  const waiting = new Set<() => void>();
  const taken = new Set<string>();
  let { size } = parts;
  /** How many frames are gone. */
  let dropped = 0;
  let isOver = false;
  let isHalted = false;

  const wakeAll = () => {
    for (const wake of [...waiting]) wake();
  };
  const append = (frame: TerminalFrame) => {
    frames.push(frame);
    if (frames.length > framesKept) {
      frames.shift();
      dropped += 1;
    }
    wakeAll();
  };
  const lines = createPlainLines(lineCharacters, (message, continued) => {
    const more = continued ? { continued } : {};
    journal.append([
      { at: clock.now(), body: { type: 'log', level: 'info', message, stream: 'stdout', ...more } },
    ]);
  });
  const finish = (exit: AgentExit) => {
    if (isOver) return;
    isOver = true;
    play.stop();
    lines.end();
    const code = exit.kind === 'exited' ? { exitCode: exit.code } : {};
    append({ type: 'terminal_exit', ...code, timestamp: clock.now() });
    journal.end(exit);
  };
  const refuse = (id: string): boolean => {
    if (taken.has(id)) return true;
    if (isOver) throw new Problem('session-ended', { detail: 'The program in the terminal has ended.' });
    taken.add(id);
    return false;
  };

  append({ type: 'terminal_resize', cols: size.cols, rows: size.rows, timestamp: clock.now() });
  let isStarting = true;
  let startExit: number | undefined;
  const play = playTerminal(parts.script, {
    speed: parts.speed,
    size: () => size,
    schedule: (delayMs, wake) => time.schedule(delayMs, wake),
    show(text) {
      append({ type: 'terminal', data: base64Of(bytesOf(text)), timestamp: clock.now() });
      lines.push(text);
    },
    exit(code) {
      if (isStarting) startExit = code;
      else finish({ kind: 'exited', code });
    },
  });
  isStarting = false;
  if (startExit !== undefined) finish({ kind: 'exited', code: startExit });

  return {
    async *read(after, { live = true, signal }) {
      const newest = dropped + frames.length;
      for (let number = after > newest ? 0 : after; ; ) {
        if (signal?.aborted || isHalted) return;
        const first = Math.max(number, dropped) + 1;
        const due = frames.slice(first - 1 - dropped);
        number = first - 1 + due.length;
        if (due.length > 0) yield { first, frames: due };
        else if (isOver || !live) return;
        else await news(waiting, signal);
      }
    },
    type({ id, data }) {
      if (!refuse(id)) play.type(decoder.decode(bytesOf({ base64: data })));
    },
    resize({ id, cols, rows }) {
      if (refuse(id)) return;
      size = { cols, rows };
      append({ type: 'terminal_resize', cols, rows, timestamp: clock.now() });
      play.resized();
    },
    pause: () => time.pause(),
    resume: () => time.resume(),
    end: finish,
    halt() {
      isHalted = true;
      play.stop();
      wakeAll();
    },
  };
};

const decoder = new TextDecoder();
