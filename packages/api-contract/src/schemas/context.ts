import { z } from 'zod';
import { ApprovalState } from './approval.ts';
import { WorkspacePath } from './chat.ts';
import { Delivered } from './delivery.ts';
import { Timestamp, text } from './primitives.ts';
import { Changes } from './session.ts';
import { SessionStatus } from './status.ts';

const count = z.number().int().min(0);
const Tools = z.array(text(1, 255)).max(100);
const Paths = z.array(WorkspacePath).max(100);

/**
 * How much of its window the agent's model has in use. What the agent said of its last call counts; where it says
 * nothing, `estimate` is true, and all that was said and read is counted. What nobody told is null.
 */
export const ContextWindow = z.object({
  total_tokens: count.nullable(),
  used_tokens: count,
  remaining_tokens: count.nullable(),
  percentage_used: z.number().min(0).nullable(),
  input_tokens: count,
  output_tokens: count,
  estimate: z.boolean(),
  /** How an estimate was counted: the table of a tokenizer, or `four-bytes` of UTF-8 for each token. */
  estimated_by: z.string().optional(),
});
export type ContextWindow = z.infer<typeof ContextWindow>;

/**
 * A file the agent knows of: it changed it (`edited`), named it to a tool (`used`), or a user added it. `tokens` is an
 * estimate, null where the file cannot be read as text.
 */
export const ContextFile = z.object({
  path: z.string(),
  tokens: count.nullable(),
  last_modified: Timestamp.nullable(),
  source: z.enum(['added', 'edited', 'used']),
});
export type ContextFile = z.infer<typeof ContextFile>;

/**
 * What the agent works with, as far as it can be told from outside. Of the tools it is those it used, and what a user
 * wished: that is said to the agent with every message, and no agent is forced.
 */
export const SessionContext = z.object({
  context_window: ContextWindow,
  context_files: z.array(ContextFile),
  enabled_tools: z.array(z.string()),
  disabled_tools: z.array(z.string()),
  /** Null when the agent never named it. */
  active_model: z.object({ type: z.string(), context_window: count.nullable() }).nullable(),
});
export type SessionContext = z.infer<typeof SessionContext>;

/**
 * What is said to the agent with every message from now on: files it should know, tools it should use and not use. The
 * last wish about a file or a tool counts. `model_override` has to be the model the session has.
 */
export const UpdateContext = z
  .object({
    add_files: Paths.optional(),
    remove_files: Paths.optional(),
    enable_tools: Tools.optional(),
    disable_tools: Tools.optional(),
    model_override: text(1, 255).optional(),
  })
  .strict();
export type UpdateContext = z.infer<typeof UpdateContext>;

/** A model the agent named. What it did not tell of it is null, and its capabilities are empty. */
export const Model = z.object({
  id: z.string(),
  name: z.string(),
  provider: z.string().nullable(),
  context_window: count.nullable(),
  input_pricing: z.number().nullable(),
  output_pricing: z.number().nullable(),
  capabilities: z.array(z.string()),
  status: z.enum(['active', 'available']),
});
export type Model = z.infer<typeof Model>;

/** Empty when the agent named none. */
export const ModelList = z.object({ models: z.array(Model) });
export type ModelList = z.infer<typeof ModelList>;

/** Something worth saying to the agent next. */
export const Suggestion = z.object({
  type: z.enum(['file', 'action']),
  title: z.string(),
  description: z.string(),
  file_path: z.string().optional(),
  command: z.string().optional(),
  relevance: z.enum(['high', 'medium', 'low']),
});
export type Suggestion = z.infer<typeof Suggestion>;

/** Found by rules over the events and the files of the session, by no model; the same for the same events. */
export const Suggestions = z.object({
  source: z.literal('rules'),
  context_suggestions: z.array(Suggestion),
  /** What to send as a message: `params.content`. */
  quick_actions: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      icon: z.string(),
      action: z.literal('send_message'),
      params: z.object({ content: z.string() }),
    }),
  ),
});
export type Suggestions = z.infer<typeof Suggestions>;

/**
 * What a session did, counted from its events by rules: no model's words. `summary` says it in sentences. `truncated`:
 * only its last 10,000 events were counted.
 */
export const SessionSummary = z.object({
  source: z.literal('rules'),
  summary: z.string(),
  status: SessionStatus,
  /** From the start of the agent to its end, or to its last event. Null before the start. */
  duration_seconds: z.number().min(0).nullable(),
  messages: z.object({ user: count, assistant: count }),
  tools: z.array(z.object({ name: z.string(), uses: count, failures: count })),
  files: z.array(z.string()),
  changes: Changes,
  approvals: z.record(ApprovalState, count),
  delivered: Delivered.optional(),
  last_message: z.string().nullable(),
  truncated: z.boolean(),
});
export type SessionSummary = z.infer<typeof SessionSummary>;
