import { resolve } from 'node:path';
import { Problem } from '@agent-harbor/core/problem';
import { type Scenario, type Symbols, stepsOf, turnsOf } from '@agent-harbor/scenario';
import { readScenarioFile } from '@agent-harbor/scenario/node';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { paint, type Text } from '../terminal/text.ts';
import { symbolsFor } from './symbols.ts';

/** What is found in one file. */
interface Finding {
  readonly file: string;
  readonly ok: boolean;
  readonly name?: string;
  readonly turns?: number;
  readonly durationMs?: number;
  /** What is wrong, each with its place. */
  readonly errors: readonly string[];
  /** What stands there and is never played. */
  readonly remarks: readonly string[];
}

/** Says of each file whether it can be played. */
export const checkScenarios = async (
  context: Context,
  files: readonly string[],
  define: readonly string[],
): Promise<ExitCode> => {
  const symbols = symbolsFor(context, define);
  const items = files.map((file) => look(context, file, symbols));
  await context.show({ items }, () => items.flatMap(describe));
  return items.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.validation;
};

const look = ({ io }: Context, file: string, symbols: Symbols): Finding => {
  try {
    return { file, ok: true, errors: [], ...factsOf(readScenarioFile(resolve(io.cwd, file), symbols)) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const errors = Object.entries(error.errors ?? {}).flatMap(([field, messages]) =>
      messages.map((message) => withField(message, field)),
    );
    return { file, ok: false, errors: errors.length === 0 ? [error.detail] : errors, remarks: [] };
  }
};

/** `file:line:col: message` with the field before the message. */
const withField = (message: string, field: string): string =>
  message.replace(/^(.*?:\d+:\d+: )?/s, (place) => `${place}${field}: `);

const factsOf = (scenario: Scenario) => {
  const remarks: string[] = [];
  const turns = turnsOf(scenario, (remark) => remarks.push(remark));
  const durationMs = turns.reduce(
    (sum, turn) => sum + (turn.prompt?.idleMs ?? 0) + (stepsOf(turn, 1).at(-1)?.atMs ?? 0),
    0,
  );
  return { name: scenario.name, turns: turns.length, durationMs, remarks };
};

const describe = ({
  file,
  ok,
  name = '',
  turns = 0,
  durationMs = 0,
  errors,
  remarks,
}: Finding): readonly Text[] => [
  ok
    ? [
        paint('green', 'fine'),
        `  ${file}: ${name}, ${turns} ${turns === 1 ? 'turn' : 'turns'}, ${durationMs / 1000} s`,
      ]
    : [paint('red', 'wrong'), ` ${file}`],
  ...errors.map((error): Text => `      ${error}`),
  ...remarks.map((remark): Text => ['      ', paint('yellow', 'never played:'), ` ${remark}`]),
];
