import type { JsonObject } from '@agent-harbor/api-contract/schemas';

/** Whose words a request is written in. */
export type ApiName = 'anthropic' | 'openai-responses' | 'openai-chat' | 'gemini';

/** A tool the agent says it has. */
export interface DeclaredTool {
  readonly name: string;
  /** A `freeform` tool takes one text, the others arguments. */
  readonly kind: 'function' | 'freeform';
  /** JSON Schema of the arguments, where it was told. */
  readonly schema: JsonObject | undefined;
  /** The freeform tool whose program calls it, for agents that let the model write programs. */
  readonly through?: string | undefined;
}

/** A use of a tool as the history of a conversation has it. */
export interface PastCall {
  readonly id: string | undefined;
  readonly name: string;
}

/** What a tool gave, as the agent tells it to the model. */
export interface ToolResult {
  readonly id: string | undefined;
  readonly text: string;
}

/** One side of the conversation has its say. What follows each other on one side is one turn of it. */
export type Say =
  | { readonly by: 'user'; readonly texts: readonly string[]; readonly results: readonly ToolResult[] }
  | { readonly by: 'model'; readonly text: string; readonly calls: readonly PastCall[] };

/** What an agent asks of a model, whatever the API. */
export interface ModelRequest {
  readonly api: ApiName;
  readonly model: string;
  readonly stream: boolean;
  /** Instructions to the model, which are no part of the conversation. */
  readonly system: string;
  readonly says: readonly Say[];
  readonly tools: readonly DeclaredTool[];
  /** The schema the answer must have, where only JSON is wanted; `{}` for any. */
  readonly wantsJson: JsonObject | undefined;
  /** Whether thoughts may be told. */
  readonly thinks: boolean;
  /** What the agent calls the conversation, where it says so. */
  readonly session: string | undefined;
}
