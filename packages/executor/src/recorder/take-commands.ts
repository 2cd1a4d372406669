import { Problem } from '@agent-harbor/core/problem';
import type { JournalWriter } from '../journal/writer.ts';
import type { TerminalDesk } from '../terminal/desk.ts';
import type { Approvals } from './approvals.ts';
import { type Command, isTerminalCommand, promptMark, type TerminalCommand } from './control-message.ts';
import type { PromptQueue } from './prompt-queue.ts';
import type { Reporter } from './reporter.ts';
import { beingEnded, type Standstill } from './standstill.ts';

/** What commands are carried out with. */
export interface CommandParts {
  readonly journal: JournalWriter;
  readonly report: Reporter;
  readonly standstill: Standstill;
  /** Undefined where the agent takes no further ones. */
  readonly prompts: PromptQueue | undefined;
  readonly approvals: Approvals;
  /** Undefined where the agent runs in none. */
  readonly terminal: TerminalDesk | undefined;
  /** How far the session has come. `over`: its last word is written. */
  readonly phase: () => 'alive' | 'being-ended' | 'ended' | 'over';
  stop(graceMs: number): void;
  kill(): void;
}

/**
 * Takes a command: it is written down before it is acknowledged, and carried out once however often it is sent. One
 * that is refused before it is written down may be sent again.
 */
export const createCommandTaker = (parts: CommandParts): ((command: Command) => Promise<void>) => {
  const { journal, phase } = parts;
  const taken = new Map<string, Promise<void>>();
  const atTerminal = createTerminalTaker(parts);
  return async (command) => {
    if (isTerminalCommand(command)) return atTerminal(command);
    const known = taken.get(command.id);
    if (known !== undefined) return known;
    refuse(command, parts);
    // There is nothing left that could be written down, and nothing left to end.
    if (phase() === 'over') return;
    const carriedOut = carryOut(command, parts);
    // Behind its effect: whoever finds the command in a journal finds what it did.
    journal.append({ kind: 'command', id: command.id });
    const done = Promise.all([carriedOut, journal.written()]).then(() => {});
    taken.set(command.id, done);
    return done;
  };
};

type WrittenCommand = Exclude<Command, TerminalCommand>;

/** How many commands at the terminal are remembered: nobody repeats one after so many others. */
const rememberedIds = 10_000;

/** Takes what is done at the terminal, once for an id; what was typed is nobody else's business, so none is written down. */
const createTerminalTaker = ({ terminal, phase }: CommandParts): ((command: TerminalCommand) => void) => {
  const ids = new Set<string>();
  return (command) => {
    if (ids.has(command.id)) return;
    if (terminal === undefined) throw new Problem('terminal-not-found');
    if (phase() === 'being-ended') throw beingEnded();
    terminal.check();
    if (command.command === 'type') terminal.type(command.data);
    else terminal.resize(command);
    ids.add(command.id);
    const [oldest] = ids;
    if (ids.size > rememberedIds && oldest !== undefined) ids.delete(oldest);
  };
};

/** Throws what speaks against a command as things stand. */
const refuse = (command: WrittenCommand, { phase, prompts, approvals }: CommandParts): void => {
  switch (command.command) {
    case 'stop':
    case 'kill':
      return;
    case 'pause':
    case 'resume':
      if (phase() === 'being-ended') throw beingEnded();
      if (phase() !== 'alive') throw ended();
      return;
    case 'prompt':
      if (prompts === undefined) throw new Problem('prompt-unsupported');
      if (phase() === 'being-ended') throw beingEnded();
      prompts.check(command.blocks);
      return;
    case 'answer':
      approvals.check(command);
      return;
  }
};

const carryOut = (command: WrittenCommand, parts: CommandParts): Promise<void> | void => {
  const { journal, report, standstill, prompts, approvals } = parts;
  switch (command.command) {
    case 'pause':
      return standstill.pause();
    case 'resume':
      return standstill.resume();
    case 'stop':
      parts.stop(command.graceMs);
      return;
    case 'kill':
      parts.kill();
      return;
    case 'prompt':
      report.fact({
        type: 'user_input',
        author: command.author,
        content: command.text,
        promptId: command.id.slice(promptMark.length),
      });
      prompts?.add({ blocks: command.blocks, model: command.model, written: journal.written() });
      return;
    case 'answer':
      approvals.answer(command);
      return;
  }
};

const ended = (): Problem => new Problem('wrong-state', { detail: 'The agent of the session has ended.' });
