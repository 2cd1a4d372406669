import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { Failure } from '../failure.ts';
import { type Setting, settingGroups } from './table.ts';

/** A member of a configuration file as it stands there. */
export interface Written {
  readonly raw: unknown;
  /** The member and the file, as a person would name them. */
  readonly origin: string;
  /** The folder that paths count from. */
  readonly folder: string;
}

/** The settings of a JSON file, as they stand there. One that does not have to be there may be missing. */
export const readConfigFile = async (
  file: string,
  mustExist: boolean,
): Promise<ReadonlyMap<Setting, Written>> => {
  const refuse = (detail: string, cause?: unknown): Failure =>
    new Failure('config', {
      happened: 'The configuration file cannot be used',
      detail: `${file}: ${detail}`,
      remedy: 'Correct the file; `ah agent access-point --help` says what may stand in it.',
      cause,
    });
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      if (!mustExist) return new Map();
      throw new Failure('config', {
        happened: 'The configuration file is not there',
        detail: `There is no file ${file}.`,
        remedy: 'Name an existing JSON file with --config or AH_CONFIG, or leave it out.',
        cause,
      });
    }
    throw refuse(cause instanceof Error ? cause.message : String(cause), cause);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuse(`it is not JSON (${cause instanceof Error ? cause.message : String(cause)}).`, cause);
  }
  const found = new Map<Setting, Written>();
  const read = (
    part: unknown,
    path: string,
    known: Readonly<Record<string, Setting>>,
    groups: Groups = {},
  ) => {
    const members = Members.safeParse(part);
    if (!members.success) throw refuse(`${path === '' ? 'the file' : path} must be an object.`);
    for (const [name, raw] of Object.entries(members.data)) {
      const place = path === '' ? name : `${path}.${name}`;
      const group = own(groups, name) ?? below(known, name);
      const setting = own(known, name);
      if (group !== undefined) read(raw, place, group);
      else if (setting !== undefined)
        found.set(setting, { raw, origin: `${place} in ${file}`, folder: dirname(file) });
      else {
        const names = [...new Set([...Object.keys(known).map(firstWord), ...Object.keys(groups)])];
        throw refuse(
          `${place} is not a setting. ${path === '' ? 'There' : `In ${path} there`} are ${names.join(', ')}.`,
        );
      }
    }
  };
  const { client, ...groups } = settingGroups;
  read(value, '', client, groups);
  return found;
};

type Groups = Readonly<Record<string, Readonly<Record<string, Setting>>>>;

/** The settings whose names begin with `name.`, by the rest: a file may nest what a flag says in one word. */
const below = (
  known: Readonly<Record<string, Setting>>,
  name: string,
): Readonly<Record<string, Setting>> | undefined => {
  const inside = Object.entries(known).filter(([key]) => key.startsWith(`${name}.`));
  return inside.length === 0
    ? undefined
    : Object.fromEntries(inside.map(([key, setting]) => [key.slice(name.length + 1), setting]));
};

const firstWord = (name: string): string => name.replace(/\..*/, '');

const Members = z.record(z.unknown());

const own = <Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
