import type { EventBody } from '@agent-harbor/api-contract/schemas';
import type * as Sdk from '@agentclientprotocol/sdk';
import { cutMiddle } from '../../journal/cut.ts';
import { isRecord, isText } from '../../process/shape.ts';

/** One thing of several an agent can be set to. */
interface Choice {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
}

/** What an agent can be set to, such as its model, and how it is told. */
interface Selection {
  readonly choices: readonly Choice[];
  readonly current: string | undefined;
  /** The option of the session it is; without one it has a method of its own. */
  readonly option: string | undefined;
}

/** What an agent offers for a session: models and modes, each where it has them. */
export interface Offer {
  readonly models: Selection | undefined;
  readonly modes: Selection | undefined;
}

/** Reads what an agent says of a session, and what it says of its options later; older agents have own members for it. */
export const readOffer = (told: unknown): Offer => {
  const { configOptions, models, modes } = isRecord(told) ? told : {};
  return {
    models:
      optionOf(configOptions, 'model') ?? listOf(models, 'availableModels', 'currentModelId', 'modelId'),
    modes: optionOf(configOptions, 'mode') ?? listOf(modes, 'availableModes', 'currentModeId', 'id'),
  };
};

/** An agent of which nothing is known yet. */
export const noOffer: Offer = { models: undefined, modes: undefined };

/** An offer whose choices are known, but not which of them are taken. */
export const withoutChoices = ({ models, modes }: Offer): Offer => ({
  models: models && { ...models, current: undefined },
  modes: modes && { ...modes, current: undefined },
});

/** What of an offer another one, told later, leaves as it was. */
export const offerAfter = (before: Offer, next: Offer): Offer => ({
  models: next.models ?? before.models,
  modes: next.modes ?? before.modes,
});

const choiceLimit = 200;
const textBytes = 255;

const optionOf = (options: unknown, category: 'model' | 'mode'): Selection | undefined => {
  if (!Array.isArray(options)) return undefined;
  const isWanted = (option: Readonly<Record<string, unknown>>) =>
    option.type === 'select' && (option.category === category || option.id === category);
  const option = options.filter(isRecord).find(isWanted);
  if (option === undefined || !isText(option.id) || !Array.isArray(option.options)) return undefined;
  const values = option.options
    .filter(isRecord)
    .flatMap((entry) => (Array.isArray(entry.options) ? entry.options.filter(isRecord) : [entry]));
  return { choices: choicesOf(values, 'value'), current: textOf(option.currentValue), option: option.id };
};

const listOf = (told: unknown, list: string, current: string, id: string): Selection | undefined => {
  if (!isRecord(told) || !Array.isArray(told[list])) return undefined;
  return {
    choices: choicesOf(told[list].filter(isRecord), id),
    current: textOf(told[current]),
    option: undefined,
  };
};

const choicesOf = (entries: readonly Readonly<Record<string, unknown>>[], key: string): Choice[] =>
  entries.slice(0, choiceLimit).flatMap((entry) => {
    const id = textOf(entry[key]);
    if (id === undefined) return [];
    const description = isText(entry.description) ? shortened(entry.description) : undefined;
    const name = isText(entry.name) ? shortened(entry.name) : id;
    return [{ id, name, ...(description === undefined ? {} : { description }) }];
  });

/** An id is used as it is or not at all. */
const textOf = (value: unknown): string | undefined =>
  isText(value) && value !== '' && value.length <= textBytes && value.isWellFormed() ? value : undefined;

const shortened = (text: string): string => cutMiddle(text.toWellFormed(), textBytes).text;

/** The event that tells the models. */
export const modelsEvent = ({ choices, current }: Selection, capabilities: readonly string[]): EventBody => ({
  type: 'models',
  models: [...choices],
  ...(current === undefined ? {} : { active: current }),
  capabilities: [...capabilities],
});

/** Sets an agent to one of its choices; gives what it offers from then on. Throws when it does not offer it, or refuses. */
export const choose = async (
  peer: Sdk.ClientContext,
  sessionId: string,
  offer: Offer,
  what: keyof Offer,
  wished: string,
): Promise<Offer> => {
  const selection = offer[what];
  if (selection?.current === wished) return offer;
  const names = selection?.choices.map(({ id }) => id) ?? [];
  if (selection === undefined || !names.includes(wished)) {
    const has = names.length === 0 ? 'none to choose from' : names.join(', ');
    throw new Error(`it does not offer ${JSON.stringify(wished)}; it has ${cutMiddle(has, 1024).text}`);
  }
  const { option } = selection;
  const method = what === 'models' ? 'session/set_model' : 'session/set_mode';
  const answer = await (option === undefined
    ? peer.request<unknown>(method, { sessionId, [what === 'models' ? 'modelId' : 'modeId']: wished })
    : peer.request<unknown>('session/set_config_option', { sessionId, configId: option, value: wished }));
  return offerAfter({ ...offer, [what]: { ...selection, current: wished } }, readOffer(answer));
};
