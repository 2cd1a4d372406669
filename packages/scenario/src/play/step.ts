import type { EventBody, Level } from '@agent-harbor/api-contract/schemas';
import type { Assertion } from '../format/check.ts';
import type { FileContents, FileEdit } from '../format/files.ts';
import type { Flood, Hang, Lie } from '../format/misbehaviour.ts';
import type { PermissionRequest } from '../format/timeline.ts';
import type { ToolUse } from '../format/tool-use.ts';

/** The entries of a plan, as the event shows them. */
type PlanEntries = Extract<EventBody, { type: 'plan' }>['entries'];

/** One thing to do, at its time: milliseconds from the start. */
export interface Step {
  readonly atMs: number;
  readonly action: Action;
}

/** `call` numbers the uses of tools, from 1 on, so that what belongs together is found again. */
export type Action =
  | { readonly type: 'think'; readonly text: string }
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'plan'; readonly entries: PlanEntries }
  | { readonly type: 'log'; readonly level: Level; readonly message: string }
  | { readonly type: 'usage'; readonly inputTokens: number; readonly outputTokens: number }
  | {
      readonly type: 'user-input';
      readonly text: string;
      readonly author: string;
      /** It asks for a turn of its own, once this one is over. */
      readonly opensTurn: boolean;
    }
  | { readonly type: 'user-edit'; readonly patch: string }
  | { readonly type: 'user-command'; readonly command: string }
  | { readonly type: 'edit'; readonly call: number; readonly edit: FileEdit }
  | {
      readonly type: 'read';
      readonly call: number;
      readonly path: string;
      readonly expectedContent: string | undefined;
    }
  | { readonly type: 'tool-start'; readonly call: number; readonly tool: ToolUse }
  | { readonly type: 'tool-progress'; readonly call: number; readonly message: string }
  | {
      readonly type: 'tool-output';
      readonly call: number;
      readonly stream: 'stdout' | 'stderr';
      readonly text: string;
    }
  | {
      readonly type: 'tool-end';
      readonly call: number;
      readonly tool: ToolUse;
      /** What the scenario says the tool gave: its printed output, else its `result`. */
      readonly output: string;
      readonly failed: boolean;
      /** From its start on, by the scenario: milliseconds, without a speed factor. */
      readonly durationMs: number;
    }
  /** The agent asks for leave, … */
  | {
      readonly type: 'permission';
      readonly call: number;
      readonly request: PermissionRequest;
      /** The tool the leave is for, when the timeline has it. */
      readonly tool: ToolUse | undefined;
    }
  /** … and goes on when the answer is there: what happens then depends on it. */
  | {
      readonly type: 'permission-end';
      readonly call: number;
      readonly request: PermissionRequest;
      readonly whenAllowed: Branch;
      readonly whenDenied: Branch;
    }
  | { readonly type: 'assert'; readonly assertion: Assertion }
  /** The scenario cannot be as it says. */
  | { readonly type: 'fail'; readonly reason: string }
  | { readonly type: 'event'; readonly body: EventBody }
  | { readonly type: 'file'; readonly path: string; readonly contents: FileContents | null }
  | { readonly type: 'mode'; readonly modeId: string }
  | { readonly type: 'hang'; readonly how: Hang }
  | { readonly type: 'flood'; readonly flood: Flood }
  | { readonly type: 'lie'; readonly call: number; readonly lie: Lie }
  | { readonly type: 'end'; readonly end: End };

/** Steps that are played or not; their times count from the start of the branch. */
export interface Branch {
  readonly steps: readonly Step[];
  readonly durationMs: number;
}

/** How the agent ends: its turn, or as a program that exits. */
export type End =
  | {
      readonly kind: 'turn-ended';
      readonly stopReason: 'end_turn' | 'max_tokens' | 'max_turn_requests' | 'refusal' | 'cancelled';
      /** The user cancelled the session. */
      readonly byUser?: true;
    }
  | {
      readonly kind: 'exited';
      readonly code: number;
      readonly message: string;
      /** The message is told by the end alone: it is not printed. */
      readonly silent?: true;
      /** What an executor sees that is no exit: a signal, or that nobody hears of the agent any more. */
      readonly seenAs?: { readonly signal: string } | 'lost';
    };

/** Whether the session may go on behind this end of a turn. */
export const isGood = (end: End): boolean => end.kind === 'turn-ended' && end.stopReason === 'end_turn';
