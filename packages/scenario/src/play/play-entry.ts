import { contentText } from '../format/content.ts';
import type { Lie } from '../format/misbehaviour.ts';
import type {
  PermissionRequest,
  PlayedEntry,
  ResponseElement,
  Task,
  TimelineEntry,
} from '../format/timeline.ts';
import { toolNames } from '../format/tool-names.ts';
import { ToolUse } from '../format/tool-use.ts';
import type { Calls } from './calls.ts';
import { createScript, type Script } from './script.ts';
import { type Branch, type End, isGood } from './step.ts';
import { addToolUse, type Surroundings } from './tool-steps.ts';

/** Where an entry is written down. */
export interface Part {
  readonly script: Script;
  readonly calls: Calls;
  readonly surroundings?: Surroundings | undefined;
  /** When the script begins, counted from the start of the scenario. */
  readonly startMs: number;
  readonly remark: (what: string) => void;
  /** What is history has ended and was decided already. */
  readonly isHistory: boolean;
}

/** Writes down what an entry means. Behind the end only what tests look at is played. */
export const playEntry = (entry: TimelineEntry, part: Part): void => {
  for (const name of playedNames) {
    if (entry[name] === undefined) continue;
    if (part.script.ended === undefined || atTheEnd.has(name)) players[name](part, entry);
    else part.remark(`${name} behind the end`);
  }
  for (const name of toolNames) {
    const args = entry[name];
    if (args === undefined) continue;
    if (part.script.ended !== undefined) part.remark(`${name} behind the end`);
    else if (name === 'task') addErrand(part, entry.task ?? {});
    else
      addToolUse(part.script, ToolUse.parse({ toolName: name, args }), part.calls.next(), part.surroundings);
  }
};

const atTheEnd: ReadonlySet<string> = new Set(['assert', 'assertGit', 'screenshot', 'merge']);

type Player = (part: Part, entry: TimelineEntry) => void;

const pass = (script: Script, ms: number | undefined): void => script.moveTo(script.now + (ms ?? 0));

const end = ({ script, isHistory }: Part, how: End): void => {
  if (!isHistory) script.end(how);
};

/** What the user does, at its own time when it has one. */
const byUser = (
  { script, startMs }: Part,
  atMs: number | undefined,
  action: Parameters<Script['add']>[0],
): void => (atMs === undefined ? script.add(action) : script.addAt(atMs - startMs, action));

const turnEnded = { kind: 'turn-ended', stopReason: 'end_turn' } as const;

const players: Record<PlayedEntry, Player> = {
  llmResponse: ({ script }, { llmResponse = [] }) => {
    for (const element of llmResponse) addElement(script, element);
  },
  agentToolUse: ({ script, calls, surroundings }, { agentToolUse }) => {
    if (agentToolUse !== undefined) addToolUse(script, agentToolUse, calls.next(), surroundings);
  },
  agentEdits: ({ script, calls }, { agentEdits }) => {
    if (agentEdits !== undefined) script.add({ type: 'edit', call: calls.next(), edit: agentEdits });
  },
  agentPlan: ({ script }, { agentPlan }) => {
    if (agentPlan !== undefined) script.add({ type: 'plan', entries: agentPlan.entries });
  },
  agentFileReads: ({ script, calls }, { agentFileReads }) => {
    for (const { path, expectedContent } of agentFileReads?.files ?? []) {
      script.add({ type: 'read', call: calls.next(), path, expectedContent });
    }
  },
  agentPermissionRequest: (part, { agentPermissionRequest }) => {
    if (agentPermissionRequest !== undefined) addPermission(part, agentPermissionRequest);
  },
  // Played where turns are told apart.
  userInputs: () => {},
  sessionStart: () => {},
  userEdits: (part, { userEdits }) => {
    if (userEdits === undefined) return;
    byUser(part, userEdits.relativeTime, { type: 'user-edit', patch: userEdits.patch });
  },
  userCommand: (part, { userCommand }) => {
    if (userCommand === undefined) return;
    const { cmd, program = '', args = [], cwd, relativeTime } = userCommand;
    const line = cmd ?? [program, ...args].join(' ');
    const command = cwd === undefined ? line : `${line} (in ${cwd})`;
    byUser(part, relativeTime, { type: 'user-command', command });
    if (userCommand.expect !== undefined) part.remark('userCommand.expect: the command is not run');
  },
  userCancelSession: (part, { userCancelSession }) => {
    if (userCancelSession === undefined || userCancelSession === false) return;
    const how: End = { kind: 'turn-ended', stopReason: 'cancelled', byUser: true };
    const { relativeTime } = typeof userCancelSession === 'object' ? userCancelSession : {};
    if (relativeTime === undefined) end(part, how);
    else byUser(part, relativeTime, { type: 'end', end: how });
  },
  setMode: ({ script }, { setMode }) => {
    script.add({ type: 'log', level: 'info', message: `The user switches to the mode ${setMode?.modeId}.` });
  },
  setModel: ({ script }, { setModel }) => {
    script.add({
      type: 'log',
      level: 'info',
      message: `The user switches to the model ${setModel?.modelId}.`,
    });
  },
  initialize: ({ script }, { initialize }) => {
    const version = initialize?.protocolVersion;
    const message = `A client says hello${version === undefined ? '' : `, with version ${version} of the protocol`}.`;
    script.add({ type: 'log', level: 'debug', message });
  },
  baseTimeDelta: ({ script }, { baseTimeDelta }) => pass(script, baseTimeDelta),
  advanceMs: ({ script }, { advanceMs }) => pass(script, advanceMs),
  log: ({ script }, { log }) => {
    if (log !== undefined) script.add({ type: 'log', ...log });
  },
  screenshot: ({ script }, { screenshot }) => {
    script.add({
      type: 'log',
      level: 'info',
      message: `A picture of the terminal is due here: ${screenshot}`,
    });
  },
  merge: ({ script }, { merge }) => {
    if (merge === true) {
      script.add({
        type: 'log',
        level: 'debug',
        message: 'The session stays in the lists, as every session does.',
      });
    }
  },
  assert: ({ script }, { assert }) => {
    if (assert !== undefined) script.add({ type: 'assert', assertion: assert });
  },
  assertGit: ({ script, remark }, { assertGit }) => {
    const message = `assertGit needs a real repository and is not checked here: ${JSON.stringify(assertGit)}`;
    script.add({ type: 'log', level: 'warn', message });
    remark('assertGit: it needs a real repository');
  },
  status: (part, { status }) => {
    if (status === 'completed') end(part, turnEnded);
    if (status === 'failed') end(part, { kind: 'exited', code: 1, message: 'The agent failed.' });
  },
  complete: (part, { complete }) => {
    if (complete === undefined || complete === false) return;
    if (complete === true) end(part, turnEnded);
    else if ('stopReason' in complete) end(part, { kind: 'turn-ended', stopReason: complete.stopReason });
    else end(part, { kind: 'exited', code: 0, message: '', silent: true });
  },
  error: (part, { error }) => {
    if (error === undefined) return;
    const { message, exitCode: code, 'x-signal': signal, 'x-lost': isLost, 'x-printed': isPrinted } = error;
    end(part, {
      kind: 'exited',
      code,
      message,
      ...(isPrinted === false || isLost ? { silent: true } : {}),
      ...(isLost ? { seenAs: 'lost' } : signal === undefined ? {} : { seenAs: { signal } }),
    });
  },
  'x-event': ({ script }, entry) => {
    const body = entry['x-event'];
    if (body !== undefined) script.add({ type: 'event', body });
  },
  'x-file': ({ script }, entry) => {
    const file = entry['x-file'];
    if (file !== undefined) script.add({ type: 'file', ...file });
  },
  'x-mode': ({ script }, entry) => {
    const modeId = entry['x-mode'];
    if (modeId !== undefined) script.add({ type: 'mode', modeId });
  },
  'x-hang': ({ script }, entry) => {
    const how = entry['x-hang'];
    if (how !== undefined) script.add({ type: 'hang', how });
  },
  'x-flood': ({ script }, entry) => {
    const flood = entry['x-flood'];
    if (flood !== undefined) script.add({ type: 'flood', flood });
  },
  'x-lie': (part, entry) => {
    const lie = entry['x-lie'];
    if (lie === undefined) return;
    part.script.add({ type: 'lie', call: part.calls.next(), lie });
    const ended = endOfLie[lie];
    if (ended !== undefined) end(part, ended);
  },
};

/** Lies that no conversation outlives, and how they are seen. */
const endOfLie: Readonly<Partial<Record<Lie, End>>> = {
  'torn-message': { kind: 'exited', code: 1, message: '', silent: true },
  'endless-line': {
    kind: 'exited',
    code: 1,
    message: 'The agent cannot be talked with: it sent a line that nobody takes.',
    silent: true,
    seenAs: 'lost',
  },
};

const playedNames = Object.keys(players).filter((name): name is PlayedEntry => Object.hasOwn(players, name));

/** Every name an entry can have. */
export const entryNames: readonly string[] = [...playedNames, ...toolNames];

const addElement = (script: Script, { think, assistant, error, agentPlan }: ResponseElement): void => {
  const start = script.now;
  for (const { relativeTime, content } of think ?? []) {
    script.moveTo(start + relativeTime);
    script.add({ type: 'think', text: contentText(content) });
  }
  for (const { relativeTime, content } of assistant ?? []) {
    script.moveTo(start + relativeTime);
    if (content.type === 'plan') script.add({ type: 'plan', entries: content.entries });
    else script.add({ type: 'say', text: contentText(content) });
  }
  if (error !== undefined) {
    const message = `${error.errorType} (${error.statusCode}): ${error.message}`;
    script.add({ type: 'log', level: 'error', message });
  }
  if (agentPlan !== undefined) script.add({ type: 'plan', entries: agentPlan.entries });
};

/** Another agent is asked: its tools are used within the task, its words are signs of it, the last of them its result. */
const addErrand = (part: Part, { 'x-timeline': timeline, ...args }: Task): void => {
  const { script, calls, surroundings } = part;
  const tool = ToolUse.parse({ toolName: 'task', args });
  const call = calls.next();
  if (timeline === undefined) {
    addToolUse(script, tool, call, surroundings);
    return;
  }
  const start = script.now;
  const errand = createScript();
  for (const entry of timeline) playEntry(entry, { ...part, script: errand, startMs: part.startMs + start });
  script.add({ type: 'tool-start', call, tool });
  let output = '';
  for (const { atMs, action } of errand.finish()) {
    script.moveTo(start + atMs);
    if (action.type === 'say') output = action.text;
    const isWords = action.type === 'say' || action.type === 'think';
    script.add(isWords ? { type: 'tool-progress', call, message: action.text } : action);
  }
  script.moveTo(start + errand.now);
  const { ended } = errand;
  const failed = ended !== undefined && !isGood(ended);
  if (ended?.kind === 'exited' && ended.message !== '') output = ended.message;
  script.add({ type: 'tool-end', call, tool, output, failed, durationMs: script.now - start });
};

/** What follows waits for the answer: as long as the scripted user thinks, or until the request expires by script. */
const addPermission = (part: Part, request: PermissionRequest): void => {
  const { script, calls, isHistory } = part;
  const call = calls.next();
  script.add({ type: 'permission', call, request, tool: calls.toolOf(request.toolCall?.toolCallId) });
  if (!isHistory) pass(script, settlesAfterMs(request));
  script.add({
    type: 'permission-end',
    call,
    request,
    whenAllowed: branchOf(part, request['x-whenAllowed']),
    whenDenied: branchOf(part, request['x-whenDenied']),
  });
};

/** How long the request waits when nobody but the script settles it. */
const settlesAfterMs = (request: PermissionRequest): number | undefined => {
  const expiresMs = request['x-expiresAfterMs'];
  if (request.decision === undefined && request.granted === undefined) return expiresMs;
  const answersMs = request['x-answerAfterMs'] ?? 0;
  return expiresMs === undefined ? answersMs : Math.min(answersMs, expiresMs);
};

const branchOf = (part: Part, deeds: PermissionRequest['x-whenAllowed'] = []): Branch => {
  const script = createScript();
  for (const deed of deeds) playEntry(deed, { ...part, script });
  const steps = script.finish();
  const { ended } = script;
  const last =
    ended === undefined ? [] : [{ atMs: script.now, action: { type: 'end', end: ended } as const }];
  return { steps: [...steps, ...last], durationMs: script.now };
};
