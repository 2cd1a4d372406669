import type { FileEdit, ToolUse } from '@agent-harbor/scenario';

/** What a tool is used for, whatever the agent calls it. */
export type Intent =
  | { readonly kind: 'run'; readonly command: string | readonly string[]; readonly cwd: string | undefined }
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'edit'; readonly edit: FileEdit; readonly everywhere: boolean }
  | { readonly kind: 'plan'; readonly entries: readonly PlanEntry[] }
  | { readonly kind: 'named'; readonly name: string; readonly args: ToolUse['args'] };

/** One step of a plan. */
export interface PlanEntry {
  readonly content: string;
  readonly status: string;
  readonly priority?: string | undefined;
}

/** A use of a tool as the scenario has it. */
export interface Use {
  /** How the scenario calls it, for people. */
  readonly title: string;
  readonly intent: Intent;
  /** What its result must contain where the scenario is taken strictly. */
  readonly expects: readonly string[];
}

/** The model's service fails, and is asked again. */
export interface Failing {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly retryAfterSeconds: number | undefined;
}

/** One thing in the script of a model. Times are milliseconds of the scenario. */
export type Item =
  | { readonly type: 'open' }
  | { readonly type: 'think' | 'say'; readonly atMs: number; readonly text: string }
  | { readonly type: 'fail'; readonly failing: Failing }
  | { readonly type: 'plan'; readonly use: Use }
  | { readonly type: 'uses'; readonly uses: readonly Use[] }
  | { readonly type: 'wait'; readonly ms: number };

/** What the model does for one prompt. */
export interface ScriptTurn {
  /** Undefined where any prompt will do. */
  readonly prompt: string | undefined;
  readonly items: readonly Item[];
  readonly stop: 'end' | 'length' | 'refusal';
}
