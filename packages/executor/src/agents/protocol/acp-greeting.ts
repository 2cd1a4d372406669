import type * as Sdk from '@agentclientprotocol/sdk';
import { contentOf, type UnderstoodContent } from './acp-content.ts';
import { choose, type Offer, readOffer } from './acp-offer.ts';
import type { AgentProgram } from './protocol.ts';

/** An agent that is ready for its first prompt. */
interface Greeted {
  readonly sessionId: string;
  /** The content it takes in prompts. */
  readonly understood: UnderstoodContent;
  readonly offer: Offer;
}

/** Everything up to the first prompt: who both are, the session, and what is wished for it. Throws what stands against it. */
export const greet = async (
  sdk: typeof Sdk,
  peer: Sdk.ClientContext,
  { cwd, prompt, acp = {} }: AgentProgram,
): Promise<Greeted> => {
  const { methods } = sdk;
  const { protocolVersion, agentCapabilities, authMethods } = await peer.request(methods.agent.initialize, {
    protocolVersion: sdk.PROTOCOL_VERSION,
    clientCapabilities: { fs: { readTextFile: true, writeTextFile: true }, terminal: true },
    clientInfo: { name: 'agent-harbor', title: 'Agent Harbor', version: '0.1.0' },
  });
  if (protocolVersion !== sdk.PROTOCOL_VERSION) {
    throw new Error(
      `it speaks version ${protocolVersion} of the protocol, this host ${sdk.PROTOCOL_VERSION}`,
    );
  }
  const understood = contentOf(agentCapabilities?.promptCapabilities ?? {});
  const foreign = understood.foreign(prompt);
  if (foreign !== undefined) throw new Error(`it does not take ${foreign.type} content; send text instead`);

  const open = () => peer.request(methods.agent.session.new, { cwd, mcpServers: [] });
  const session = await open().catch(async (error: unknown) => {
    const method = acp.signIn?.find((id) => authMethods?.some((offered) => offered.id === id));
    if (method === undefined || !wantsSignIn(sdk, error)) throw error;
    await peer.request(methods.agent.authenticate, { methodId: method });
    return open();
  });
  const { sessionId } = session;
  let offer = readOffer(session);
  for (const [what, field, wished] of [
    ['models', 'agent.model', acp.model],
    ['modes', 'agent.settings.permissionMode', acp.mode],
  ] as const) {
    if (wished === undefined) continue;
    offer = await choose(peer, sessionId, offer, what, wished).catch((error: unknown) => {
      throw new ChoiceRefused(`${field}: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
  return { sessionId, understood, offer };
};

/** An agent cannot be what the task asks for; the message begins with the field. */
export class ChoiceRefused extends Error {
  override readonly name = 'ChoiceRefused';
}

/** Whether an agent refuses because nobody is signed in. */
const wantsSignIn = (sdk: typeof Sdk, error: unknown): error is Sdk.RequestError =>
  error instanceof sdk.RequestError && error.code === -32000;
