import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import * as acp from '@agentclientprotocol/sdk';
import { onTestFinished } from 'vitest';
import { fromSource } from './from-source.ts';
import { temporaryDirectory } from './temporary.ts';

const [node, ...program] = fromSource('agents/mock/main.ts');

/** What was seen of a mock agent that a client talked with. */
export interface Played {
  readonly updates: acp.SessionUpdate[];
  readonly stopReason: acp.StopReason | undefined;
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  /** Everything on its standard output, as it came. */
  readonly stdout: string;
}

/** A mock agent that was greeted; `sessionId` is that of a session it began, where it was asked to. */
export interface Conversation {
  readonly agent: acp.ClientContext;
  readonly sessionId: string;
  readonly greeting: acp.InitializeResponse;
  /** What it said of the session it began. */
  readonly session: acp.NewSessionResponse;
  readonly updates: acp.SessionUpdate[];
  /** Resolves when the agent has said something. */
  readonly heard: Promise<void>;
  /** What it has printed beside the protocol. */
  printed(): string;
  /** Sends the agent's process a signal. */
  kill(signal: NodeJS.Signals): void;
}

/** The client's part. */
export interface ClientPart {
  readonly capabilities?: acp.ClientCapabilities;
  /** Where the agent keeps its conversations; a directory of its own when absent. */
  readonly state?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly permit?: (request: acp.RequestPermissionRequest) => acp.RequestPermissionResponse;
  readonly read?: (request: acp.ReadTextFileRequest) => acp.ReadTextFileResponse;
  readonly write?: (request: acp.WriteTextFileRequest) => void;
  /** Whether a session is begun; true when absent. */
  readonly begins?: boolean;
}

const refuse = () => {
  throw acp.RequestError.methodNotFound('not offered');
};

/** Talks with the mock agent as a client of the protocol does, then lets it go. */
export const converse = async (
  cwd: string,
  settings: object,
  talk: (conversation: Conversation) => Promise<acp.StopReason | undefined>,
  client: ClientPart = {},
): Promise<Played> => {
  const { capabilities = {}, env, begins = true } = client;
  const { permit = () => ({ outcome: { outcome: 'cancelled' } }), read = refuse, write = refuse } = client;
  const child = spawn(node, program, {
    cwd,
    env: {
      ...process.env,
      XDG_STATE_HOME: client.state ?? (await temporaryDirectory()),
      AH_MOCK_SETTINGS: JSON.stringify(settings),
      ...env,
    },
    stdio: 'pipe',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [stderr, stdout] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exited = once(child, 'exit');
  const updates: acp.SessionUpdate[] = [];
  const heard = Promise.withResolvers<void>();
  const input = new ReadableStream<Uint8Array>({
    start(controller) {
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk.toString('utf8');
        controller.enqueue(chunk);
      });
      child.stdout.once('end', () => controller.close());
    },
  });
  const connection = acp
    .client({ name: 'test' })
    .onNotification(acp.methods.client.session.update, ({ params }) => {
      updates.push(params.update);
      heard.resolve();
    })
    .onRequest(acp.methods.client.session.requestPermission, ({ params }) => permit(params))
    .onRequest(acp.methods.client.fs.readTextFile, ({ params }) => read(params))
    .onRequest(acp.methods.client.fs.writeTextFile, ({ params }) => {
      write(params);
      return {};
    })
    .connect(acp.ndJsonStream(Writable.toWeb(child.stdin), input));
  const stopReason = await (async () => {
    const { agent } = connection;
    const greeting = await agent.request(acp.methods.agent.initialize, {
      protocolVersion: acp.PROTOCOL_VERSION,
      clientCapabilities: capabilities,
    });
    const session = begins
      ? await agent.request(acp.methods.agent.session.new, { cwd, mcpServers: [] })
      : { sessionId: '' };
    const { sessionId } = session;
    const kill = (signal: NodeJS.Signals) => void child.kill(signal);
    const printed = () => stderr;
    return talk({ agent, sessionId, greeting, session, updates, heard: heard.promise, printed, kill });
  })().catch((error: unknown) => {
    // Who lets the agent end in the middle of its turn hears of no answer.
    if (connection.signal.aborted || !(error instanceof Error)) return undefined;
    if (error.name === 'AssertionError' || error instanceof acp.RequestError) throw error;
    return undefined;
  });
  child.stdin.end();
  const [code, signal] = await exited;
  return { updates, stopReason, code, signal, stderr, stdout };
};

/** Asks for something, and gives why the agent stopped. */
export const prompt = ({ agent, sessionId }: Pick<Conversation, 'agent' | 'sessionId'>, text = 'Do it') =>
  agent
    .request(acp.methods.agent.session.prompt, { sessionId, prompt: [{ type: 'text', text }] })
    .then(({ stopReason }) => stopReason);

/** The last word on each tool call. */
export const results = (updates: readonly acp.SessionUpdate[]) =>
  updates.flatMap((update) =>
    update.sessionUpdate === 'tool_call_update' && update.status !== 'in_progress'
      ? [{ status: update.status, text: textOf(update.content), raw: update.rawOutput }]
      : [],
  );

const textOf = (content: acp.ToolCallUpdate['content']): string =>
  (content ?? [])
    .map((item) => (item.type === 'content' && item.content.type === 'text' ? item.content.text : item.type))
    .join('');

/** Everything the agent said in words. */
export const words = (updates: readonly acp.SessionUpdate[]): readonly string[] =>
  updates.flatMap((update) =>
    update.sessionUpdate === 'agent_message_chunk' && update.content.type === 'text'
      ? [update.content.text]
      : [],
  );
