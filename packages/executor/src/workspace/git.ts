import { existsSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Clock } from '@agent-harbor/core';
import { overOf, type StartProgram, startDirectly } from '../process/start-program.ts';

/** Why a git command gave no result. */
export type GitFailure = 'failed' | 'aborted' | 'timed-out' | 'too-much-output' | 'not-installed';

/** A git command that gave no result. `stderr` is the tail of what it said, without credentials. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly failure: GitFailure;
  readonly stderr: string;

  constructor(failure: GitFailure, command: string, stderr: string) {
    super(`git ${command} ${says[failure]}${stderr === '' ? '' : `: ${stderr}`}`);
    this.failure = failure;
    this.stderr = stderr;
  }
}

const says: Readonly<Record<GitFailure, string>> = {
  failed: 'failed',
  aborted: 'was aborted',
  'timed-out': 'took too long',
  'too-much-output': 'printed more than is read',
  'not-installed': 'cannot be started: git is not installed, or not on the PATH',
};

/** How one command is run. Nothing of the caller's environment gets in but what is said here. */
export interface GitCall {
  /** The repository; git never looks for one itself. */
  readonly gitDir?: string;
  readonly workTree?: string;
  /** `GIT_…` variables on top of ours. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, string>>;
  /** Reads the host's own git configuration and environment: for sources, never for our repositories. */
  readonly asHost?: boolean;
  /** The transports git may use, as in `GIT_ALLOW_PROTOCOL`; none when absent. */
  readonly protocols?: string;
  /** What the command reads, or the descriptor of a file with it. */
  readonly input?: Uint8Array | string | { readonly descriptor: number };
  /** Where the output goes instead of into the result. What it gives a promise for is waited for before more is read. */
  readonly output?: ((chunk: Buffer) => void | Promise<void>) | { readonly descriptor: number };
  /** Exit codes that are an answer and no failure. */
  readonly accept?: readonly number[];
  readonly timeoutMs?: number;
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

interface GitResult {
  readonly stdout: Buffer;
  readonly exitCode: number;
}

export interface Git {
  run(args: readonly string[], call?: GitCall): Promise<GitResult>;
  /** The output as text without the last line end. */
  text(args: readonly string[], call?: GitCall): Promise<string>;
  /** The same with these defaults. */
  with(defaults: GitCall): Git;
}

export interface GitOptions {
  readonly clock: Clock;
  /** The environment of the host; `GIT_…` variables in it are dropped. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Who starts it; this process itself when absent. */
  readonly start?: StartProgram | undefined;
}

/** Reading and comparing; whatever copies objects or talks to a network gets `slowMs`. */
const quickMs = 2 * 60_000;
export const slowMs = 30 * 60_000;
const killAfterMs = 2_000;
const stderrWaitMs = 1_000;
const stderrBytes = 16 * 1024;
const outputBytes = 64 * 1024 * 1024;

/**
 * The only way git is run: an argv, no shell, a clean environment, and no way for a repository to make it run
 * something else. Operands stand after `--` or in the input.
 */
export const createGit = (options: GitOptions): Git => bind(options, {});

const bind = (options: GitOptions, defaults: GitCall): Git => {
  const merged = (call: GitCall): GitCall => ({
    ...defaults,
    ...call,
    environment: { ...defaults.environment, ...call.environment },
    config: { ...defaults.config, ...call.config },
  });
  const run: Git['run'] = (args, call = {}) => runGit(options, args, merged(call));
  return {
    run,
    text: async (args, call) => (await run(args, call)).stdout.toString('utf8').replace(/\n$/, ''),
    with: (more) => bind(options, merged(more)),
  };
};

/** Settings that no repository can override. An empty hooks directory is one that cannot exist. */
const settings: Readonly<Record<string, string>> = {
  'core.hooksPath': devNull,
  'core.fsmonitor': 'false',
  'core.untrackedCache': 'false',
  'core.alternateRefsCommand': ':',
  'core.logAllRefUpdates': 'false',
  'core.quotePath': 'false',
  'safe.bareRepository': 'explicit',
  'protocol.ext.allow': 'never',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'submodule.recurse': 'false',
  'fetch.recurseSubmodules': 'false',
  'push.recurseSubmodules': 'no',
  'http.lowSpeedLimit': '1000',
  'http.lowSpeedTime': '60',
};

const argvOf = (args: readonly string[], call: GitCall): string[] => [
  '--no-pager',
  ...(call.gitDir === undefined ? [] : [`--git-dir=${call.gitDir}`]),
  ...(call.workTree === undefined ? [] : [`--work-tree=${call.workTree}`]),
  ...Object.entries({ ...settings, ...call.config }).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ...args,
];

/** What a program needs to start at all. */
const passed = ['PATH', 'PATHEXT', 'SYSTEMROOT', 'WINDIR', 'TMPDIR', 'TEMP', 'TMP'];

const environmentOf = (host: NodeJS.ProcessEnv, call: GitCall): Record<string, string> => {
  const kept = Object.entries(host).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      (call.asHost ? !/^GIT_/i.test(entry[0]) : passed.includes(entry[0].toUpperCase())),
  );
  return {
    ...Object.fromEntries(kept),
    ...(call.asHost
      ? { SSH_ASKPASS_REQUIRE: 'never' }
      : { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull, GIT_ATTR_NOSYSTEM: '1' }),
    LC_ALL: 'C',
    LANGUAGE: 'C',
    GIT_ALLOW_PROTOCOL: call.protocols ?? 'none',
    // Set and empty: no program asks for a password, whatever the configuration says.
    GIT_ASKPASS: '',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_DEFAULT_REF_FORMAT: 'files',
    ...call.environment,
  };
};

const runGit = async (
  { clock, environment = process.env, start = startDirectly }: GitOptions,
  args: readonly string[],
  call: GitCall,
): Promise<GitResult> => {
  const command = args[0] ?? '';
  const { signal, input, output } = call;
  if (signal?.aborted) throw new GitError('aborted', command, '');
  const program = await start({
    argv: ['git', ...argvOf(args, call)],
    cwd: call.workTree,
    env: environmentOf(environment, call),
    stdin: input === undefined ? 'ignore' : isDescriptor(input) ? input.descriptor : 'pipe',
    stdout: isDescriptor(output) ? output.descriptor : 'pipe',
  }).catch((cause: unknown) => {
    throw whyNotStarted(cause, command, call);
  });
  const { stdout, stderr } = program;
  const read: Buffer[] = [];
  let readBytes = 0;
  let said = Buffer.alloc(0);
  let failure: GitFailure | undefined;
  let cancelKill = () => {};
  let cancelStderr = () => {};
  const end = (reason: GitFailure) => {
    if (failure !== undefined) return;
    failure = reason;
    // git removes its lock and temporary files on SIGTERM.
    program.signal('SIGTERM');
    cancelKill = clock.schedule(killAfterMs, () => program.signal('SIGKILL'));
  };
  const abort = () => end('aborted');
  const cancelTimeout = clock.schedule(call.timeoutMs ?? quickMs, () => end('timed-out'));
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();

  let taking: Promise<void> | undefined;
  /** One piece after the other: when the command has ended, Node hands out what is left without waiting for us. */
  const take = (taker: (chunk: Buffer) => void | Promise<void>, chunk: Buffer): void => {
    const taken = taking === undefined ? taker(chunk) : taking.then(() => taker(chunk));
    if (taken === undefined) return;
    stdout?.pause();
    const mine = taken
      // Whoever does not take it has no use for the rest.
      .catch(() => end('aborted'))
      .finally(() => {
        if (taking === mine) taking = undefined;
        stdout?.resume();
      });
    taking = mine;
  };
  stdout?.on('data', (chunk: Buffer) => {
    if (failure !== undefined) return;
    if (typeof output === 'function') return take(output, chunk);
    readBytes += chunk.length;
    if (readBytes > (call.maxOutputBytes ?? outputBytes)) return end('too-much-output');
    read.push(chunk);
  });
  stderr.on('data', (chunk: Buffer) => {
    said = Buffer.concat([said, chunk]).subarray(-stderrBytes);
  });
  // A command that ends before it read everything is judged by its exit code.
  program.stdin?.on('error', () => {});
  if (input !== undefined && !isDescriptor(input)) program.stdin?.end(input);
  // What git started may outlive it and keep the error channel open, as a shared ssh connection does.
  void program.ended.then(() => {
    cancelStderr = clock.schedule(stderrWaitMs, () => stderr.destroy());
  });
  const exitCode = await overOf(program);
  while (taking !== undefined) await taking;
  cancelTimeout();
  cancelKill();
  cancelStderr();
  signal?.removeEventListener('abort', abort);
  const words = withoutSecrets(said.toString('utf8').trim());
  if (failure !== undefined) throw new GitError(failure, command, words);
  if (exitCode === null || (exitCode !== 0 && !call.accept?.includes(exitCode)))
    throw new GitError('failed', command, words);
  return { stdout: Buffer.concat(read), exitCode };
};

const whyNotStarted = (cause: unknown, command: string, { workTree }: GitCall): GitError => {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  if (!isMissing)
    return new GitError('failed', command, cause instanceof Error ? cause.message : String(cause));
  return workTree !== undefined && !existsSync(workTree)
    ? new GitError('failed', command, 'the working tree is not there')
    : new GitError('not-installed', command, '');
};

const isDescriptor = (value: unknown): value is { readonly descriptor: number } =>
  typeof value === 'object' && value !== null && 'descriptor' in value;

/** Text without the passwords of urls in it; over http without their users as well, where a token may stand. */
export const withoutSecrets = (text: string): string =>
  text.replace(/(https?:\/\/)[^/\s'"]*@/gi, '$1').replace(/(:\/\/[^/\s:@]*):[^/\s@]*@/g, '$1@');

/** NUL-terminated fields as bytes. */
export const splitNul = (output: Buffer): Buffer[] => {
  const fields: Buffer[] = [];
  for (let start = 0; start < output.length; ) {
    const found = output.indexOf(0, start);
    const end = found === -1 ? output.length : found;
    fields.push(output.subarray(start, end));
    start = end + 1;
  }
  return fields;
};
