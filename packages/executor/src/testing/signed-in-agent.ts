/** An agent that works only for who signed in, and says what it was given. Run as a program by tests. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { agent, methods, ndJsonStream, PROTOCOL_VERSION, RequestError } from '@agentclientprotocol/sdk';

let signedInBy: string | undefined;

agent({ name: 'signed-in-agent' })
  .onRequest(methods.agent.initialize, () => ({
    protocolVersion: PROTOCOL_VERSION,
    agentCapabilities: {},
    authMethods: [
      { id: 'browser', name: 'By a browser' },
      { id: 'api-key', name: 'By a key' },
    ],
  }))
  .onRequest(methods.agent.authenticate, ({ params }) => {
    signedInBy = params.methodId;
    return {};
  })
  .onRequest(methods.agent.session.new, () => {
    if (signedInBy === undefined) throw RequestError.authRequired();
    return { sessionId: 'one' };
  })
  .onRequest(methods.agent.session.prompt, async ({ params: { sessionId }, client }) => {
    const text = JSON.stringify({
      signedInBy,
      key: process.env.OPENAI_API_KEY,
      lent: readFileSync(join(homedir(), '.codex/auth.json'), 'utf8'),
      isHomeOfHost: !homedir().endsWith('/home'),
      hasServerSecret: 'SERVER_SECRET' in process.env,
    });
    const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } } as const;
    await client.notify(methods.client.session.update, { sessionId, update });
    return { stopReason: 'end_turn' };
  })
  .connect(
    ndJsonStream(
      new WritableStream<Uint8Array>({
        write: (bytes) => new Promise((resolve) => process.stdout.write(bytes, () => resolve())),
      }),
      new ReadableStream<Uint8Array>({
        start(controller) {
          process.stdin.on('data', (bytes: Buffer) => controller.enqueue(bytes));
          process.stdin.on('end', () => controller.close());
        },
      }),
    ),
  );
