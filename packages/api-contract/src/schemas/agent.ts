import { z } from 'zod';
import { JsonObject, text } from './primitives.ts';
import { TerminalWish } from './terminal.ts';

/**
 * The agents a session can run. `mock` plays a scenario, `acp` speaks the Agent Client Protocol, `command` is any program;
 * the others are programs of their vendors, found on the host.
 */
export const AgentType = z.enum([
  'mock',
  'acp',
  'command',
  'claude-code',
  'codex',
  'gemini',
  'opencode',
  'qwen',
  'goose',
  'copilot',
]);
export type AgentType = z.infer<typeof AgentType>;

const Spelling = z.enum([
  'claude',
  'Claude',
  'Codex',
  'codex-cli',
  'Gemini',
  'gemini-cli',
  'Opencode',
  'Qwen',
  'qwen-code',
  'Goose',
  'Copilot',
  'copilot-cli',
  'Acp',
]);

const meant: Readonly<Record<z.infer<typeof Spelling>, AgentType>> = {
  claude: 'claude-code',
  Claude: 'claude-code',
  Codex: 'codex',
  'codex-cli': 'codex',
  Gemini: 'gemini',
  'gemini-cli': 'gemini',
  Opencode: 'opencode',
  Qwen: 'qwen',
  'qwen-code': 'qwen',
  Goose: 'goose',
  Copilot: 'copilot',
  'copilot-cli': 'copilot',
  Acp: 'acp',
};

/** An agent type as requests may name it: by its name, or as other clients of the interface spell it. */
export const AgentName = z.union([AgentType, Spelling.transform((name) => meant[name])]).pipe(AgentType);
export type AgentName = z.infer<typeof AgentName>;

/** An agent as a task asks for it; `count` sessions are made of it. */
export const AgentChoice = z
  .object({
    type: AgentName,
    version: text(1, 64).optional(),
    model: text(1, 255).optional(),
    count: z.number().int().min(1).max(32).optional(),
    instances: z.number().int().min(1).max(32).optional(),
    displayName: text(1, 255).optional(),
    settings: JsonObject.optional(),
  })
  .strict();
export type AgentChoice = z.infer<typeof AgentChoice>;

/**
 * What an agent can do with the sessions it keeps itself: take one up by telling all of it again (`load`) or silently
 * (`resume`), and name those it has (`list`).
 */
export const AgentCapability = z.enum(['load', 'resume', 'list']);
export type AgentCapability = z.infer<typeof AgentCapability>;

/** The agent of one session. */
export const Agent = z.object({
  type: AgentType,
  version: z.string(),
  model: z.string().optional(),
  displayName: z.string().optional(),
  settings: JsonObject,
  /** The id the agent itself gives the session it keeps of this one, where it told one. */
  sessionId: z.string().min(1).max(255).optional(),
});
export type Agent = z.infer<typeof Agent>;

/** Whether the program of an agent is on this host, and may work for somebody there. */
export const AgentPresence = z.object({
  present: z.boolean(),
  /** Null where it is not known without starting it. */
  version: z.string().nullable(),
  /** Whether it would be given credentials of this host; they are not tried. */
  authenticated: z.boolean(),
  /** What to do, where something is missing: lines for people. */
  details: z.array(z.string()),
});
export type AgentPresence = z.infer<typeof AgentPresence>;

/** An agent type this host offers. */
export const AgentDescription = z.object({
  type: AgentType,
  displayName: z.string(),
  description: z.string(),
  versions: z.array(z.string()),
  settingsSchemaRef: z.string(),
  /** Of an agent that is the program of a vendor. */
  presence: AgentPresence.optional(),
  /** What it can do with sessions of its own, where that is known before it is started. */
  capabilities: z.array(AgentCapability).optional(),
});
export type AgentDescription = z.infer<typeof AgentDescription>;

export const AgentList = z.object({ items: z.array(AgentDescription) });

/** An argv: the program and its arguments, never a shell line. */
const Argv = z.array(text(0, 65_536)).min(1).max(256);

const permissionMode = text(1, 64)
  .optional()
  .describe(
    'The mode the agent begins in, by the id it gives it itself, such as plan; its own choice if not given.',
  );

/** What the agents of vendors understand alike. */
const vendorSettings = {
  command: Argv.optional().describe(
    'The program and its arguments, where it is not to be the one this host finds by itself.',
  ),
  permissionMode,
  modelUrl: z
    .string()
    .max(2048)
    .regex(/^https?:\/\/[^\s/]+(?:\/[^\s]*)?$/, 'must be an http: or https: url')
    .optional()
    .describe('Where its model is called, instead of the address of the vendor: a gateway, or ah mock-llm.'),
};
const Vendor = z.object(vendorSettings).strict();

/** What each agent type understands under `settings`; served as JSON Schema under /schemas/agents/{type}.json. */
export const agentSettings = {
  mock: z
    .object({
      scenario: z
        .union([text(1, 255), JsonObject])
        .optional()
        .describe('A built-in scenario by name, or a whole scenario inline.'),
      speed: z
        .number()
        .min(0)
        .max(100)
        .optional()
        .describe('Delays are multiplied by this: 0.1 is ten times as fast, 0 plays everything at once.'),
      terminal: TerminalWish.optional().describe('Plays what the scenario shows in a terminal, in one.'),
      permissionMode,
    })
    .strict(),
  acp: z.object({ command: Argv.describe('The program and its arguments.'), permissionMode }).strict(),
  command: z
    .object({
      command: Argv.describe('The program and its arguments; {prompt} in any of them stands for the prompt.'),
      terminal: TerminalWish.optional().describe(
        'Runs the program in a terminal of this size, for people to sit down at; `true` is 80 by 24.',
      ),
    })
    .strict(),
  'claude-code': Vendor,
  codex: Vendor,
  gemini: Vendor,
  opencode: z
    .object({
      ...vendorSettings,
      provider: text(1, 64)
        .optional()
        .describe(
          'The provider `modelUrl` is the address of, as opencode names it; that of the model if not given.',
        ),
    })
    .strict(),
  qwen: Vendor,
  goose: z
    .object({
      ...vendorSettings,
      provider: text(1, 64)
        .optional()
        .describe('The provider of its model, as goose names it, such as anthropic.'),
    })
    .strict(),
  copilot: Vendor,
} as const satisfies Record<AgentType, z.ZodTypeAny>;

export type AgentSettings = { [Type in AgentType]: z.infer<(typeof agentSettings)[Type]> };
