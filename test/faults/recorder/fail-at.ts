/**
 * Loaded before a recorder (`--import`): lets it fail at one of its calls to the host. The folder behind `?` has the
 * plans: a file per recorder to come, taken in the order of their names.
 */
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const promises: typeof import('node:fs/promises') = require('node:fs/promises');
const net: typeof import('node:net') = require('node:net');
const processes: typeof import('node:child_process') = require('node:child_process');

const folder = decodeURIComponent(new URL(import.meta.url).search.slice(1));
const { readdirSync, renameSync, writeFileSync, readFileSync } = fs;
const plan = take();
let calls = 0;
let fileCalls = 0;

interface Plan {
  readonly name: string;
  /** The call at which the recorder dies. */
  readonly kill: number;
  /** The calls to its open files that fail. */
  readonly broken: readonly number[];
}

/** A plan, `kill 7` or `eio 3 9`, belongs to the recorder that could rename it. */
function take(): Plan {
  const names = readdirSync(folder).filter((file) => file.endsWith('.plan'));
  for (const name of names.sort()) {
    try {
      const mine = join(folder, `${name}.${process.pid}`);
      renameSync(join(folder, name), mine);
      const [what, ...numbers] = readFileSync(mine, 'utf8').split(' ');
      const [first = 0] = numbers.map(Number);
      return { name, kill: what === 'kill' ? first : 0, broken: what === 'eio' ? numbers.map(Number) : [] };
    } catch {
      // Another one took it.
    }
  }
  return { name: `none-${process.pid}`, kill: 0, broken: [] };
}

const step = (what: string): void => {
  calls += 1;
  if (calls !== plan.kill) return;
  writeFileSync(join(folder, `${plan.name}.struck`), what);
  process.kill(process.pid, 'SIGKILL');
};

/** Lets writes and syncs fail; a write that fails has written a part. */
function breakFiles(prototype: object): void {
  for (const name of ['write', 'datasync']) {
    const real: unknown = Reflect.get(prototype, name);
    if (typeof real !== 'function') throw new Error(`There is no file.${name}.`);
    Reflect.set(prototype, name, async function (this: unknown, ...args: unknown[]) {
      fileCalls += 1;
      if (!plan.broken.includes(fileCalls)) return Reflect.apply(real, this, args);
      const [bytes, from, length, place] = args;
      if (name === 'write')
        await Reflect.apply(real, this, [bytes, from, Math.ceil(Number(length) / 2), place]);
      writeFileSync(join(folder, `${plan.name}.${fileCalls}.struck`), name);
      throw Object.assign(new Error(`EIO: i/o error, ${name}`), { code: 'EIO' });
    });
  }
}

const strike = (target: object, names: readonly string[], where: string): void => {
  for (const name of names) {
    const real: unknown = Reflect.get(target, name);
    if (typeof real !== 'function') throw new Error(`There is no ${where}.${name}.`);
    Reflect.set(target, name, function (this: unknown, ...args: unknown[]) {
      // What only reads leaves nothing behind that could be half done.
      if (name !== 'openSync' || isForWriting(args[1])) step(`${where}.${name}`);
      return Reflect.apply(real, this, args);
    });
  }
};

const isForWriting = (flags: unknown): boolean =>
  typeof flags === 'number'
    ? (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0
    : /[wax+]/.test(String(flags));

const file = await promises.open(import.meta.filename);
breakFiles(Object.getPrototypeOf(file));
strike(Object.getPrototypeOf(file), ['write', 'datasync'], 'file');
await file.close();
strike(fs, ['openSync', 'linkSync', 'fsyncSync', 'renameSync', 'mkdirSync', 'rmSync', 'rmdirSync'], 'fs');
strike(promises, ['open', 'rm', 'mkdir'], 'fs/promises');
strike(net.Server.prototype, ['listen', 'close'], 'server');
strike(net.Socket.prototype, ['write'], 'socket');
strike(processes, ['spawn'], 'child_process');
syncBuiltinESMExports();
process.on('exit', () => writeFileSync(join(folder, `${plan.name}.calls`), String(calls)));
