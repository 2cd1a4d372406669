import { isAbsolute, relative, sep } from 'node:path';
import type { Action, FileContents, FileEdit, ReadPart, ToolPlan, ToolUse } from '@agent-harbor/scenario';
import { applyEdit, filesOf, matchingLines, readText, see, textOf } from '@agent-harbor/scenario';
import type { ToolKind } from '@agentclientprotocol/sdk';
import type { Stage } from './perform-steps.ts';
import type { ToolResult } from './report.ts';
import { type CommandResult, runCommand } from './run-command.ts';
import type { Shells } from './shells.ts';
import { planOf, titleOf, whereabouts } from './tool-plan.ts';
import type { WorkingFiles } from './working-files.ts';

/** Tools that do what they say, in the working directory. Calls are told apart by their number. */
export interface Toolbox {
  edit(call: number, edit: FileEdit): Promise<void>;
  /** Where there is no such file it is as the scenario tells it, if it does. */
  read(call: number, path: string, told: string | undefined): Promise<void>;
  /** A file is from here on as the scenario has it; no tool is shown for it. */
  place(path: string, contents: FileContents | null): Promise<void>;
  /** Commands run here, to their end; other tools end with `end`. */
  start(call: number, tool: ToolUse): Promise<void>;
  progress(call: number, text: string): Promise<void>;
  end(action: Extract<Action, { type: 'tool-end' }>): Promise<void>;
  /** Whether what is left to play of a call is done already. */
  isDone(call: number): boolean;
  /** Whether a tool is under way. */
  readonly isBusy: boolean;
  /** A call that was under way is told to have failed. */
  abandon(): Promise<void>;
}

/** What is known of tool calls over all turns. */
export interface CallMemory {
  /** Calls no leave was given for. */
  readonly denied: Set<string>;
  readonly usedIds: Set<string>;
  readonly shells: Shells;
}

export const createToolbox = (
  stage: Pick<
    Stage,
    'cwd' | 'disk' | 'files' | 'report' | 'note' | 'signal' | 'memory' | 'setting' | 'modeIs' | 'runByClient'
  >,
): Toolbox => {
  const { cwd, report, note, signal, memory, setting, runByClient } = stage;
  const done = new Set<number>();
  /** The tools that are under way, each within the one before. */
  const open: string[] = [];

  const begin = (call: number, tool: ToolUse, { kind, path }: { kind: ToolKind; path?: string }) => {
    const wished = tool.toolCallId ?? `call-${call}`;
    const id = memory.usedIds.has(wished) ? `call-${call}-again` : wished;
    open.push(id);
    memory.usedIds.add(id);
    const { toolName: name, args } = tool;
    return report.toolStarts({ id, name, args, title: titleOf(tool, path), kind, path });
  };
  const finish = async (result: ToolResult) => {
    const id = open.pop();
    if (id !== undefined) await report.toolEnds(id, result);
  };

  const change = async (
    edit: FileEdit,
    everywhere: boolean,
    files: WorkingFiles = stage.files,
  ): Promise<ToolResult> => {
    const { path } = edit;
    const obstacle = files === stage.files ? setting.obstacle() : undefined;
    if (obstacle !== undefined) return failure(obstacle);
    const before = await files.read(path);
    const result = applyEdit(edit, before, everywhere);
    if (!result.done) return failure(result.reason);
    await files.write(path, result.after);
    const [oldText, newText] = [before && textOf(before), result.after && textOf(result.after)];
    const isText = newText !== null && (before === null || oldText !== null);
    const output = `Changed ${path}.`;
    return { output, failed: false, ...(isText ? { diff: { path, oldText, newText } } : {}) };
  };

  const read = async (path: string, told: string | undefined, part?: ReadPart): Promise<ToolResult> => {
    const bytes = await stage.files.read(path);
    if (bytes === null && told !== undefined) return { output: told, failed: false };
    if (bytes === null) return failure(`${path}: there is no such file`);
    return success(readText(bytes, part));
  };

  /** Files of the size and number that are looked through; what is larger is none that tools look into. */
  const look = async (wish: Extract<ToolPlan, { kind: 'look' }>['look']): Promise<ToolResult> => {
    const places = await stage.disk.list();
    const texts = new Map<string, string>();
    for (const path of filesOf(wish, places)) {
      signal.throwIfAborted();
      const text = textOf((await stage.disk.read(path)) ?? new Uint8Array());
      if (text !== null) texts.set(path, text);
    }
    return see(wish, places, texts);
  };

  const rewrite = async ({ path, isKept, change: make }: Extract<ToolPlan, { kind: 'change' }>) => {
    const bytes = await stage.files.read(path);
    const text = bytes === null ? null : textOf(bytes);
    if (text === null) return failure(`${path}: there is no such text file`);
    const changed = make(text);
    if (!changed.done) return failure(changed.reason);
    return isKept ? change({ path, contents: changed.text }, false) : success(changed.text);
  };

  const askShell = async ({
    id,
    filter,
    ends,
  }: Extract<ToolPlan, { kind: 'shell' }>): Promise<ToolResult> => {
    const told = ends ? await memory.shells.end(id) : memory.shells.read(id);
    if (told === undefined) return failure(`there is no shell ${id}`);
    const output = filter === undefined ? told.output : matchingLines(told.output, filter);
    const state = told.result === undefined ? 'still running' : wordsOf(told.result);
    return success(`${output}${output === '' || output.endsWith('\n') ? '' : '\n'}(${state})`);
  };

  const leavePlan = async (plan: string): Promise<ToolResult> => {
    await report.say(plan);
    const mode = setting.leavePlan();
    if (mode === undefined) return success('There is no mode to leave.');
    stage.modeIs(mode);
    await report.modeIs(mode);
    return success(`Works in the mode ${mode}.`);
  };

  const run = async (plan: Extract<ToolPlan, { kind: 'run' }>, tool: ToolUse): Promise<ToolResult> => {
    if (plan.argv === undefined) {
      const command = String(tool.args.cmd ?? tool.args.command);
      return failure(`${command}: needs a shell; give the command as a list, such as [bash, -c, …]`);
    }
    const obstacle = setting.obstacle();
    if (obstacle !== undefined) return failure(obstacle);
    const directory = await stage.disk.directory(plan.cwd);
    if (plan.isBackground === true) {
      return success(`Runs in the background as ${memory.shells.start(plan.argv, directory)}.`);
    }
    const id = open.at(-1);
    const ending =
      plan.timeoutMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(plan.timeoutMs)]);
    const byClient = runByClient?.(plan.argv, directory, ending, async (terminalId) => {
      if (id !== undefined) await report.toolRuns(id, terminalId);
    });
    if (byClient !== undefined) return resultOf(await byClient);
    return resultOf(
      await runCommand(plan.argv, directory, ending, (text) => {
        // A client that is gone hears nothing any more.
        if (id !== undefined) report.toolProgresses(id, text).catch(() => {});
      }),
    );
  };

  /** What goes wrong with a file is the tool's failure, not the agent's. */
  const attempt = (work: () => Promise<ToolResult>): Promise<ToolResult> =>
    work().catch((error: unknown) => failure(error instanceof Error ? error.message : String(error)));

  /** What is not shown as a tool fails for people only. */
  const alone = async (work: () => Promise<ToolResult>): Promise<void> => {
    const { output, failed } = await attempt(work);
    if (failed) note(output);
  };

  return {
    async edit(call, edit) {
      done.add(call);
      if (edit['x-alone'] === true) return alone(() => change(edit, false, stage.disk));
      const tool = { toolName: 'editFile', args: { path: edit.path }, progress: [], status: 'ok' };
      await begin(call, tool, { kind: edit.delete ? 'delete' : 'edit', path: edit.path });
      await finish(await attempt(() => change(edit, false)));
    },
    async read(call, path, told) {
      done.add(call);
      const tool = { toolName: 'readFile', args: { path }, progress: [], status: 'ok' };
      const inside = isAbsolute(path) ? relative(cwd, path).split(sep).join('/') : path;
      await begin(call, tool, { kind: 'read', path: inside });
      await finish(await attempt(() => read(inside, told)));
    },
    place: (path, contents) =>
      alone(() => change(contents === null ? { path, delete: true } : { path, contents }, false, stage.disk)),
    async start(call, tool) {
      const plan = planOf(tool);
      await begin(call, tool, whereabouts(plan));
      if (tool.toolCallId !== undefined && memory.denied.has(tool.toolCallId)) {
        done.add(call);
        return finish(failure('Leave was not given.'));
      }
      if (plan.kind !== 'run') return;
      done.add(call);
      await finish(await attempt(() => run(plan, tool)));
    },
    async progress(_call, text) {
      const id = open.at(-1);
      if (id !== undefined) await report.toolProgresses(id, text);
    },
    async end({ tool, output, failed }) {
      const plan = planOf(tool);
      switch (plan.kind) {
        case 'edit':
          return finish(await attempt(() => change(plan.edit, plan.everywhere)));
        case 'read':
          return finish(
            await attempt(() => read(plan.path, failed || output === '' ? undefined : output, plan)),
          );
        case 'change':
          return finish(await attempt(() => rewrite(plan)));
        case 'look':
          return finish(await attempt(() => look(plan.look)));
        case 'plan':
          await report.plan(plan.entries);
          return finish(success(output));
        case 'leave-plan':
          return finish(await attempt(() => leavePlan(plan.plan)));
        case 'shell':
          return finish(await attempt(() => askShell(plan)));
        case 'refused':
          return finish(failure(plan.reason));
        case 'told':
        case 'run':
          return finish({ output, failed });
      }
    },
    isDone: (call) => done.has(call),
    get isBusy() {
      return open.length > 0;
    },
    async abandon() {
      while (open.length > 0) await finish(failure('Stopped before it was done.'));
    },
  };
};

const success = (output: string): ToolResult => ({ output, failed: false });

const failure = (output: string): ToolResult => ({ output, failed: true });

const wordsOf = ({ code, signal, reason }: CommandResult): string =>
  reason ?? (signal === null ? `exit code ${code}` : `ended by ${signal}`);

const resultOf = (result: CommandResult): ToolResult => {
  const { output, code, signal } = result;
  const failed = code !== 0;
  const words = wordsOf(result);
  const text = failed ? `${output}${output === '' || output.endsWith('\n') ? '' : '\n'}(${words})` : output;
  return { output: text, failed, exit: { code, signal } };
};
