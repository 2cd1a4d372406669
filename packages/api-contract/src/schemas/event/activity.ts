import { z } from 'zod';
import { AgentCapability } from '../agent.ts';
import { CheckState } from '../check.ts';
import { JsonObject, Level } from '../primitives.ts';

/**
 * A line the agent or the server wrote; `stream` says which pipe it came from. `continued` marks a piece of a line too
 * long for one event: the next line of that stream goes on with it.
 */
export const LogBody = z.object({
  type: z.literal('log'),
  level: Level,
  message: z.string(),
  tool_execution_id: z.string().nullable().optional(),
  stream: z.enum(['stdout', 'stderr']).optional(),
  continued: z.boolean().optional(),
});

export const ThoughtBody = z.object({
  type: z.literal('thought'),
  thought: z.string(),
  reasoning: z.string().optional(),
});

/** What the agent or the user said. */
export const MessageBody = z.object({
  type: z.literal('message'),
  role: z.enum(['user', 'assistant']),
  content: z.string(),
});

export const ToolUseBody = z.object({
  type: z.literal('tool_use'),
  tool_name: z.string(),
  tool_args: JsonObject,
  tool_execution_id: z.string(),
  status: z.literal('started'),
});

/**
 * Commands of a shell that read from each other, in their order, and how they follow the pipeline before: only after it
 * went well (`&&`) or badly (`||`), in any case (`;`), or beside it (`&`). They stand as they are written; a shell tells of
 * one exit code, and nothing of what each step printed. `argv` is given where the shell makes nothing else of the words.
 */
export const Pipeline = z.object({
  operator: z.enum(['&&', '||', ';', '&']).optional(),
  steps: z.array(z.object({ command: z.string(), argv: z.array(z.string()).optional() })),
  /** That of its last step, where it follows from that of the shell: otherwise it is not known. */
  exit_code: z.number().int().min(0).max(255).optional(),
  /** It was not run, where that follows in the same way. */
  skipped: z.literal(true).optional(),
});
export type Pipeline = z.infer<typeof Pipeline>;

/** `truncated` marks an output of which only head and tail were kept. */
export const ToolResultBody = z.object({
  type: z.literal('tool_result'),
  tool_name: z.string(),
  tool_output: z.string(),
  tool_execution_id: z.string(),
  status: z.enum(['completed', 'failed']),
  truncated: z.boolean().optional(),
  /** From its `tool_use` on. */
  duration_ms: z.number().int().min(0).optional(),
  /** What it gave, before anything of it was cut; of a program all it printed. */
  output_bytes: z.number().int().min(0).optional(),
  /** Of a command line with several commands, where it is one for a shell and is understood. */
  pipelines: z.array(Pipeline).optional(),
});

export const PlanEntry = z.object({
  content: z.string(),
  priority: z.enum(['high', 'medium', 'low']),
  status: z.enum(['pending', 'in_progress', 'completed']),
});
export const PlanBody = z.object({ type: z.literal('plan'), entries: z.array(PlanEntry) });

/** What one turn of the agent used: the turns of a session add up. */
export const UsageBody = z.object({
  type: z.literal('usage'),
  /** Of this turn, or call; 0 where the agent tells only how full its window is. */
  input_tokens: z.number().int().min(0),
  output_tokens: z.number().int().min(0),
  /** What came to the cost of the session with this event. */
  cost_micro_usd: z.number().int().min(0).optional(),
  model: z.string().optional(),
  /** What the window of the model holds now, and how much it can hold. */
  context_tokens: z.number().int().min(0).optional(),
  context_window: z.number().int().min(0).optional(),
});

/** The models the agent offers, told when it is ready and whenever it uses another. */
export const ModelsBody = z.object({
  type: z.literal('models'),
  models: z.array(z.object({ id: z.string(), name: z.string(), description: z.string().optional() })),
  /** The one it uses; absent where it does not say. */
  active: z.string().optional(),
  /** What it takes in prompts beside text, such as image. */
  capabilities: z.array(z.string()),
});

/**
 * The session the agent itself keeps of this one, told where it can do something with it. `continued`: the agent had ended
 * between two turns, was started again and took it up; what it told of it was recorded before.
 */
export const AgentSessionBody = z.object({
  type: z.literal('agent_session'),
  agent_session_id: z.string().min(1).max(255),
  can: z.array(AgentCapability),
  continued: z.boolean().optional(),
});

/**
 * A check of the task ran: `running`, then how it ended, with the tail of what it printed. `number` counts the checks of
 * the task from 1. An agent cannot say this.
 */
export const CheckBody = z.object({
  type: z.literal('check'),
  number: z.number().int().min(1),
  command: z.string(),
  state: CheckState,
  exit_code: z.number().int().optional(),
  duration_ms: z.number().int().min(0).optional(),
  output: z.string().optional(),
});

export const UserInputBody = z.object({
  type: z.literal('user_input'),
  author: z.string(),
  content: z.string(),
  /** By which whoever sent it knows it again; absent where a script says it. */
  promptId: z.string().optional(),
});
