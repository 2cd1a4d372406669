import {
  type Action,
  type AgentSetting,
  createAgentSetting,
  type End,
  offerOf,
  type Scenario,
  stepsOf,
  type Turn,
  turnsOf,
} from '@agent-harbor/scenario';
import * as acp from '@agentclientprotocol/sdk';
import { isLeave, permissionRequest, wasGranted } from './ask-leave.ts';
import { type ClientFiles, createClientFiles } from './client-files.ts';
import { createMisbehaviour } from './misbehave.ts';
import { performSteps } from './perform-steps.ts';
import { createReport, type Report } from './report.ts';
import { runByClient } from './run-by-client.ts';
import type { MockProcess } from './serve.ts';
import type { Kept, SessionStore } from './session-store.ts';
import type { MockSettings } from './settings.ts';
import { createShells } from './shells.ts';
import { createWorkingFiles } from './working-files.ts';

/** What the client does for its agents. */
export interface ClientOffer extends ClientFiles {
  readonly terminals: boolean;
}

/** What a session is played with. */
export interface SessionParts {
  readonly id: string;
  readonly cwd: string;
  readonly settings: MockSettings;
  readonly client: acp.AgentContext;
  readonly can: ClientOffer;
  readonly store: SessionStore | undefined;
  readonly io: MockProcess;
}

/** How a prompt was answered. */
export interface Answer {
  readonly stopReason: acp.StopReason;
  /** What the scenario says the turn used. */
  readonly usage?: {
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly totalTokens: number;
  };
}

/** Where a scenario stands: the turn that answers the next prompt, and the step it begins with. */
interface Place {
  turn: number;
  step: number;
}

/** One conversation: each prompt is answered by the next turn of the scenario that the first prompt chose. */
export class MockSession {
  private readonly parts: SessionParts;
  private readonly report: Report;
  private readonly place: Place = { turn: 0, step: 0 };
  private readonly memory = {
    denied: new Set<string>(),
    usedIds: new Set<string>(),
    shells: createShells(),
  };
  /** Known before the first prompt where the settings name it. */
  private scenario: Scenario | undefined;
  private setting: AgentSetting;
  private running: AbortController | undefined;

  constructor(parts: SessionParts) {
    const { id, cwd, client, settings } = parts;
    this.parts = parts;
    this.scenario = settings.scenario;
    this.setting = createAgentSetting(offerOf(this.scenario ?? {}, settings.model));
    this.report = createReport(id, cwd, async (update) => {
      this.keep({ update: update.update });
      await client.notify(acp.methods.client.session.update, update);
    });
  }

  /** What the session can be set to, in the words of the protocol. */
  offer(): Pick<acp.NewSessionResponse, 'modes' | 'configOptions'> {
    const { modes, model } = this.setting;
    const [first] = modes;
    const models = this.setting.models()?.models ?? [];
    return {
      ...(first === undefined
        ? {}
        : {
            modes: {
              currentModeId: this.setting.mode ?? first.id,
              availableModes: modes.map(({ id, name = id, description }) => ({ id, name, description })),
            },
          }),
      ...(model === undefined
        ? {}
        : {
            configOptions: [
              {
                type: 'select' as const,
                id: 'model',
                category: 'model',
                name: 'Model',
                currentValue: model,
                options: models.map(({ id, name, description }) => ({ value: id, name, description })),
              },
            ],
          }),
    };
  }

  /** Lets the session use another model or work in another mode; throws where it does not offer that. */
  set(what: 'model' | 'mode', wished: string): void {
    const refusal = what === 'model' ? this.setting.switchModel(wished) : this.setting.switchMode(wished);
    if (refusal !== undefined) throw acp.RequestError.invalidParams(undefined, refusal);
    this.keep(what === 'model' ? { model: wished } : { mode: wished });
  }

  cancel(): void {
    this.running?.abort();
  }

  /** Ends what runs in its background. */
  close(): Promise<void> {
    return this.memory.shells.close();
  }

  /** Answers a prompt; `gone` fires when the client has gone, which ends no turn: another process may go on with it. */
  async prompt(blocks: readonly acp.ContentBlock[], asked: AbortSignal, gone: AbortSignal): Promise<Answer> {
    if (this.running !== undefined) {
      throw acp.RequestError.invalidRequest(undefined, 'the session answers another prompt');
    }
    const words = textOf(blocks);
    this.scenario ??= this.choose(words);
    const { scenario, place } = this;
    const turns = turnsOf(scenario);
    // What was left of it was its end: it crashed there.
    if (place.step > 0 && place.step >= (turns[place.turn]?.steps.length ?? 0)) this.endTurn();
    this.keep({ prompt: words, turn: place.turn });
    const turn = turns[place.turn];
    const running = new AbortController();
    this.running = running;
    try {
      const answer = await (turn === undefined
        ? this.sayNothingLeft(scenario.name)
        : this.play(turn, AbortSignal.any([running.signal, asked, gone])));
      if (!gone.aborted) {
        this.endTurn();
        this.keep({ ended: answer.stopReason });
      }
      return answer;
    } finally {
      this.running = undefined;
    }
  }

  /** Remembers what was kept, and tells it all again; false where nothing was. */
  async remember(lines: AsyncIterable<Kept>): Promise<boolean> {
    let isKnown = false;
    const { client, id: sessionId } = this.parts;
    const tell = (update: acp.SessionUpdate) =>
      client.notify(acp.methods.client.session.update, { sessionId, update });
    for await (const line of lines) {
      isKnown = true;
      if ('prompt' in line) {
        this.scenario ??= this.choose(line.prompt);
        if (line.turn !== this.place.turn) Object.assign(this.place, { turn: line.turn, step: 0 });
        await tell({ sessionUpdate: 'user_message_chunk', content: { type: 'text', text: line.prompt } });
      } else if ('update' in line) {
        this.report.remember(line.update);
        if (line.update.sessionUpdate === 'tool_call') this.memory.usedIds.add(line.update.toolCallId);
        await tell(line.update);
      } else if ('done' in line) this.place.step = line.done;
      else if ('ended' in line) this.endTurn();
      else if ('mode' in line) this.setting.switchMode(line.mode);
      else if ('model' in line) this.setting.switchModel(line.model);
      else if ('denied' in line) this.memory.denied.add(line.denied);
    }
    return isKnown;
  }

  /** What has happened before the scenario starts happens now; the next prompt is answered by what follows. */
  async playHistory(scenario: Scenario): Promise<void> {
    const [{ steps, history }] = turnsOf(scenario);
    const over = { kind: 'turn-ended', stopReason: 'end_turn' } as const;
    const end = { atMs: 0, action: { type: 'end', end: over }, beside: false } as const;
    const happened = [...steps.slice(0, history), end];
    await this.play({ steps: happened }, new AbortController().signal, true);
  }

  private choose(prompt: string): Scenario {
    const { settings } = this.parts;
    const scenario = settings.scenarioFor(prompt);
    if (this.setting.model === undefined && this.setting.modes.length === 0) {
      this.setting = createAgentSetting(offerOf(scenario, settings.model));
    }
    return scenario;
  }

  private endTurn(): void {
    this.place.turn += 1;
    this.place.step = 0;
  }

  private keep(line: Kept): void {
    this.parts.store?.keep(this.parts.id, line);
  }

  private async sayNothingLeft(scenario: string): Promise<Answer> {
    await this.report.say(
      `The scenario ${scenario} has no further turn: nothing was done about this prompt.`,
    );
    return { stopReason: 'end_turn' };
  }

  private async play(turn: Pick<Turn, 'steps'>, signal: AbortSignal, isHistory = false): Promise<Answer> {
    const { id: sessionId, cwd, settings, client, can, io } = this.parts;
    let spent: Pick<Answer, 'usage'> = {};
    const disk = createWorkingFiles(cwd);
    const end = await performSteps(stepsOf(turn, settings.speed), {
      cwd,
      disk,
      files: createClientFiles(client, sessionId, cwd, can, disk),
      memory: this.memory,
      report: this.report,
      speed: settings.speed,
      setting: this.setting,
      misbehaviour: createMisbehaviour(client, sessionId, cwd, io),
      from: this.place.step,
      done: (steps) => {
        this.place.step = steps;
        this.keep({ done: steps });
      },
      deny: (toolCallId) => this.keep({ denied: toolCallId }),
      modeIs: (modeId) => this.keep({ mode: modeId }),
      note: io.note,
      hang: io.hang,
      spend({ inputTokens, outputTokens }) {
        spent = { usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens } };
      },
      signal,
      runByClient(argv, place, ending, show) {
        // A program without arguments may be taken for a line for a shell.
        if (!can.terminals || argv.length < 2) return undefined;
        return runByClient(client, sessionId, argv, place, ending, show);
      },
      ask: async (permission) =>
        isHistory ? wasGranted(permission.request) : isLeave(permission.request, await this.ask(permission)),
      isHistory,
    });
    return end.kind === 'turn-ended' ? { stopReason: end.stopReason, ...spent } : this.leave(end);
  }

  private ask(permission: Extract<Action, { type: 'permission' }>) {
    const { id, cwd, client } = this.parts;
    const { requestPermission } = acp.methods.client.session;
    return client.request(requestPermission, permissionRequest(id, cwd, permission));
  }

  private async leave({ code, message, silent, seenAs }: Extract<End, { kind: 'exited' }>): Promise<never> {
    const { io } = this.parts;
    if (silent !== true && message !== '') io.note(message);
    await new Promise<void>((resolve) => void io.output.write('', () => resolve()));
    return io.crash(code, typeof seenAs === 'object' ? seenAs.signal : undefined);
  }
}

const textOf = (prompt: readonly acp.ContentBlock[]): string =>
  prompt.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n\n');
