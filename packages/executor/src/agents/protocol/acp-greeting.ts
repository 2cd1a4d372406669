import type * as Sdk from '@agentclientprotocol/sdk';
import { contentOf, type UnderstoodContent } from './acp-content.ts';
import { choose, noOffer, type Offer, offerAfter, readOffer, withoutChoices } from './acp-offer.ts';
import type { AgentProgram } from './protocol.ts';

/** An agent that is ready for its next prompt. */
export interface Greeted {
  readonly sessionId: string;
  /** What it says it can do with its sessions, and with prompts. */
  readonly can: readonly SessionSkill[];
  /** The content it takes in prompts. */
  readonly understood: UnderstoodContent;
  readonly offer: Offer;
}

/**
 * What an agent can do with sessions of its own: `resume` takes one up again, `load` does so and tells all of it once more,
 * `list` names those it has.
 */
type SessionSkill = 'load' | 'resume' | 'list';

/**
 * Everything up to the next prompt: who both are, the session, and what is wished for it. A session the agent had before is
 * taken up again by its id. Throws what stands against it.
 */
export const greet = async (
  sdk: typeof Sdk,
  peer: Sdk.ClientContext,
  { cwd, prompt, acp = {} }: AgentProgram,
  past?: Pick<Greeted, 'sessionId' | 'offer'>,
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

  const can = skillsOf(agentCapabilities);
  const { session } = methods.agent;
  const open = async (): Promise<{ readonly sessionId: string; readonly told: object }> => {
    const place: Sdk.NewSessionRequest = { cwd, mcpServers: [] };
    if (past === undefined) {
      const told = await peer.request(session.new, place);
      return { sessionId: told.sessionId, told };
    }
    const { sessionId } = past;
    const told = can.includes('resume')
      ? await peer.request(session.resume, { ...place, sessionId })
      : await peer.request(session.load, { ...place, sessionId });
    return { sessionId, told };
  };
  const { sessionId, told } = await open().catch(async (error: unknown) => {
    const method = acp.signIn?.find((id) => authMethods?.some((offered) => offered.id === id));
    if (method === undefined || !wantsSignIn(sdk, error)) throw error;
    await peer.request(methods.agent.authenticate, { methodId: method });
    return open();
  });
  // What it was set to before, it shall be set to again; it may have forgotten.
  let offer = offerAfter(past === undefined ? noOffer : withoutChoices(past.offer), readOffer(told));
  for (const [what, field, wished] of [
    ['models', 'agent.model', past?.offer.models?.current ?? acp.model],
    ['modes', 'agent.settings.permissionMode', past?.offer.modes?.current ?? acp.mode],
  ] as const) {
    if (wished === undefined) continue;
    offer = await choose(peer, sessionId, offer, what, wished).catch((error: unknown) => {
      throw new ChoiceRefused(`${field}: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
  return { sessionId, can, understood, offer };
};

const skillsOf = ({ loadSession, sessionCapabilities }: Sdk.AgentCapabilities = {}): SessionSkill[] => [
  ...(loadSession === true ? (['load'] as const) : []),
  ...(['resume', 'list'] as const).filter((skill) => sessionCapabilities?.[skill] != null),
];

/** An agent cannot be what the task asks for; the message begins with the field. */
export class ChoiceRefused extends Error {
  override readonly name = 'ChoiceRefused';
}

/** Whether an agent refuses because nobody is signed in. */
const wantsSignIn = (sdk: typeof Sdk, error: unknown): error is Sdk.RequestError =>
  error instanceof sdk.RequestError && error.code === -32000;
