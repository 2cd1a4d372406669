import type { EventBody, Level } from '@agent-harbor/api-contract/schemas';
import type { FileEdit } from '../format/files.ts';
import type { ToolUse } from '../format/tool-use.ts';

/** The entries of a plan, as the event shows them. */
type PlanEntries = Extract<EventBody, { type: 'plan' }>['entries'];

/** One thing to do, at its time: milliseconds from the start, the speed factor applied. */
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
  | { readonly type: 'user-input'; readonly text: string }
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
    }
  | { readonly type: 'end'; readonly end: End };

/** How the agent ends: its turn, or as a program that exits. */
export type End =
  | {
      readonly kind: 'turn-ended';
      readonly stopReason: 'end_turn' | 'max_tokens' | 'max_turn_requests' | 'refusal';
    }
  | { readonly kind: 'exited'; readonly code: number; readonly message: string };
