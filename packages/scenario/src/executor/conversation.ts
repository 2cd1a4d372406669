import type { EventBody } from '@agent-harbor/api-contract/schemas';
import {
  type AgentExit,
  type Clock,
  type FurtherPrompt,
  fieldProblem,
  type PermissionAnswer,
  Problem,
  promptText,
  type Run,
} from '@agent-harbor/core';
import type { Scenario } from '../format/scenario.ts';
import { PermissionRequest } from '../format/timeline.ts';
import type { End } from '../play/step.ts';
import { isGood } from '../play/step.ts';
import { type Turn, turnsOf } from '../play/turns.ts';
import { createAgentSetting, offerOf } from './agent-setting.ts';
import { createApprovals } from './approvals.ts';
import type { MemoryJournal } from './journal.ts';
import type { MemoryWorkspace } from './memory-workspace.ts';
import { createScene } from './scene.ts';
import { createScribe } from './scribe.ts';
import { createStopwatch } from './stopwatch.ts';
import { transcriptOf } from './transcript.ts';
import { playTurn } from './turn.ts';

/** Where a scenario is played, and with what. */
export interface Stage {
  readonly run: Run;
  readonly clock: Clock;
  readonly journal: MemoryJournal;
  readonly workspace: MemoryWorkspace;
  readonly speed: number;
  /** The mode the agent is to begin in. */
  readonly mode: string | undefined;
  /** A new id for the use of a tool. */
  readonly executionId: () => string;
}

/** A request for leave that no scenario knows. */
type AskedOutside = Extract<EventBody, { type: 'approval' }>;

/** An agent that plays a scenario: turn for turn, until nobody has anything left to say. */
export interface Conversation {
  prompt(prompt: FurtherPrompt): void;
  answer(answer: PermissionAnswer): void;
  /** The agent asks for leave beside its scenario, which does not wait for the answer. */
  ask(asked: AskedOutside): void;
  /** Its time stands still: nothing is played, and no user of the scenario says anything. */
  pause(): void;
  resume(): void;
  /** Ends it here: what a tool was doing fails, what it asked is withdrawn, the journal gets its last word. */
  end(exit: AgentExit): void;
  /** Plays no further and says nothing more. */
  halt(): void;
}

export const converse = (scenario: Scenario, stage: Stage): Conversation => {
  const { clock, journal, run, speed, mode, workspace, executionId } = stage;
  const time = createStopwatch(clock);
  const scribe = createScribe(journal, clock);
  const approvals = createApprovals({ clock, policy: run.approvals, say: (body) => scribe.say(body) });
  const set = createAgentSetting(offerOf(scenario, run.agent.model));
  const scene = createScene({
    speed,
    sessionId: run.sessionId,
    workspace,
    now: () => clock.now(),
    executionId,
    transcript() {
      scribe.flush();
      return transcriptOf(journal.events);
    },
    set,
  });
  const turns = turnsOf(scenario);
  let played = 0;
  /** Prompts that were said and have no answer yet: the models they are to be answered by, where they name one. */
  const waiting: (string | undefined)[] = [];
  const taken = new Set<string>();
  let isIdle = false;
  let isBetweenTurns = false;
  /** Breaks off what goes on: a turn, or the wait for a prompt. */
  let breakOff = (): void => {};

  const start = (turn: Pick<Turn, 'steps'>): void => {
    let isStarting = true;
    let ended: End | undefined;
    isBetweenTurns = false;
    breakOff = () => {};
    const stop = playTurn(turn, {
      speed,
      time,
      scribe,
      scene,
      approvals,
      onInput({ text, author, opensTurn }) {
        scribe.say({ type: 'user_input', author, content: text });
        if (opensTurn) waiting.push(undefined);
      },
      onEnd(end) {
        if (isStarting) ended = end;
        else turnEnded(end);
      },
    });
    isStarting = false;
    if (ended === undefined) breakOff = stop;
    else turnEnded(ended);
  };

  const turnEnded = (end: End): void => {
    if (end.kind === 'exited' && end.silent !== true) {
      scribe.say({ type: 'log', level: 'error', message: end.message, stream: 'stderr' });
    }
    if (isGood(end)) goOn();
    else finish(exitOf(end));
  };

  /** Answers the next prompt, waits for one, or ends. */
  const goOn = (): void => {
    isBetweenTurns = true;
    const prompt = turns[played + 1]?.prompt;
    if (waiting.length > 0) {
      const model = waiting.shift();
      answerPrompt(model);
    } else if (prompt !== undefined && !prompt.waitsForUser) {
      if (prompt.idleMs > 0) beIdle();
      after(prompt.idleMs * speed, () => {
        scribe.say({ type: 'user_input', author: prompt.author, content: prompt.text });
        answerPrompt();
      });
    } else {
      const { idleTimeoutMs } = run;
      if (idleTimeoutMs > 0) beIdle();
      after(idleTimeoutMs, () => finish({ kind: 'turn-ended', stopReason: 'end_turn' }));
    }
  };

  /** What takes no time is done at once, unless it has to stand still. */
  const after = (delayMs: number, act: () => void): void => {
    scribe.flush();
    if (delayMs === 0 && !time.isPaused) act();
    else breakOff = time.schedule(delayMs, act);
  };

  const beIdle = (): void => {
    if (!isIdle) scribe.say({ type: 'status', status: 'running', reason: 'idle' });
    isIdle = true;
  };

  /** The prompt that was said last begins a turn: the next one of the scenario, as long as it has one. */
  const answerPrompt = (model?: string): void => {
    if (isIdle) scribe.say({ type: 'status', status: 'running' });
    isIdle = false;
    if (model !== undefined && model !== set.model) useModel(model);
    const turn = turns[played + 1];
    if (turn !== undefined) played += 1;
    start(turn ?? nothingLeft(scenario.name));
  };

  const useModel = (model: string): void => {
    const refusal = set.switchModel(model);
    if (refusal === undefined) tellModels();
    else scribe.say({ type: 'log', level: 'warn', message: `The agent keeps its model: ${refusal}.` });
  };

  const tellModels = (): void => {
    const models = set.models();
    if (models !== undefined) scribe.say(models);
  };

  /** What the task asks for that the agent does not offer. */
  const refusal = (): string | undefined => {
    const { model } = run.agent;
    const noModel = model === undefined ? undefined : set.switchModel(model);
    if (noModel !== undefined) return `agent.model: ${noModel}.`;
    const noMode = mode === undefined ? undefined : set.switchMode(mode);
    return noMode === undefined ? undefined : `agent.settings.permissionMode: ${noMode}.`;
  };

  const finish = (exit: AgentExit): void => {
    breakOff();
    scribe.say(...scene.interrupt());
    approvals.withdraw();
    scribe.flush();
    journal.end(exit);
  };

  const reason = refusal();
  if (reason === undefined) {
    tellModels();
    start(turns[0]);
  } else finish({ kind: 'lost', reason });

  return {
    prompt({ id, prompt, author, model }) {
      if (taken.has(id)) return;
      refuseEnded(journal);
      taken.add(id);
      scribe.say({ type: 'user_input', author, content: promptText(prompt), promptId: id });
      waiting.push(model);
      if (isBetweenTurns) {
        breakOff();
        after(0, goOn);
      }
      scribe.flush();
    },
    answer(answer) {
      refuseEnded(journal);
      approvals.answer(answer);
      scribe.flush();
    },
    ask({ approvalId, state, title, tool_name: name, paths = [], options, expiresAt, onExpiry }) {
      refuseEnded(journal);
      if (state !== 'requested')
        throw fieldProblem('state', 'must be requested: an answer is given by the route for it');
      if (expiresAt !== undefined) throw fieldProblem('expiresAt', 'is said by the policy of the task');
      const request = PermissionRequest.parse({
        toolCall: { title, name, locations: paths.map((path) => ({ path })) },
        options: options?.map(({ optionId, name: label, kind }) => ({ id: optionId, label, kind })),
        'x-onExpiry': onExpiry,
      });
      approvals.ask({ request, tool: undefined, speed, approvalId, onSettled() {} });
      scribe.flush();
    },
    pause: () => time.pause(),
    resume: () => time.resume(),
    end(exit) {
      if (!journal.ended) finish(exit);
    },
    halt() {
      breakOff();
      approvals.halt();
    },
  };
};

const refuseEnded = ({ ended }: MemoryJournal): void => {
  if (ended) throw new Problem('session-ended', { detail: 'The agent of the session has ended.' });
};

const exitOf = (end: End): AgentExit => {
  if (end.kind === 'turn-ended') {
    return end.byUser === true ? { kind: 'ended-by-us' } : { kind: 'turn-ended', stopReason: end.stopReason };
  }
  const { code, message, seenAs } = end;
  if (seenAs === 'lost') return { kind: 'lost', reason: message };
  const output = message === '' ? {} : { lastOutput: message };
  return seenAs === undefined
    ? { kind: 'exited', code, ...output }
    : { kind: 'signalled', signal: seenAs.signal, ...output };
};

/** What the agent answers when its scenario has nothing to say to a prompt. */
const nothingLeft = (scenario: string): Pick<Turn, 'steps'> => {
  const text = `The scenario ${scenario} has no further turn: nothing was done about this prompt.`;
  const actions = [
    { type: 'say', text },
    { type: 'end', end: { kind: 'turn-ended', stopReason: 'end_turn' } },
  ] as const;
  return { steps: actions.map((action) => ({ atMs: 0, action, beside: false })) };
};
