import type { EventBody } from '@agent-harbor/api-contract/schemas';
import type { OfferedMode } from '../format/offer.ts';
import type { Scenario } from '../format/scenario.ts';

type ModelsBody = Extract<EventBody, { type: 'models' }>;

/** The model and the mode of an agent that plays a scenario. */
export interface AgentSetting {
  /** Undefined where nobody named any. */
  readonly model: string | undefined;
  /** What it has to switch between. */
  readonly modes: readonly OfferedMode[];
  /** The event that tells the models; undefined where there is none to tell. */
  models(): ModelsBody | undefined;
  /** Why the model cannot be that; undefined once it is. */
  switchModel(wished: string): string | undefined;
  /** The same of the mode. */
  switchMode(wished: string): string | undefined;
  /** Undefined where there are none. */
  readonly mode: string | undefined;
  /** Leaves a mode that only reads for the first that does not; gives that, where there is one. */
  leavePlan(): string | undefined;
  /** Why nothing can be changed or run now; undefined where it can. */
  obstacle(): string | undefined;
}

/** What an agent can be set to. */
export interface ScenarioOffer {
  readonly models: ModelsBody['models'];
  readonly modes: readonly OfferedMode[];
  /** What it takes in prompts beside text. */
  readonly capabilities: readonly string[];
}

/** What a scenario offers: its own models and modes. Without models the one that is wished for is all there is. */
export const offerOf = (
  { acp, 'x-models': models = [], 'x-modes': modes = [] }: Pick<Scenario, 'acp' | 'x-models' | 'x-modes'>,
  wished?: string | undefined,
): ScenarioOffer => {
  const offered = models.length > 0 || wished === undefined ? models : [{ id: wished }];
  const { image = true, audio = true, embeddedContext = true } = acp?.capabilities?.promptCapabilities ?? {};
  return {
    models: offered.map(({ id, name = id, description }) => ({
      id,
      name,
      ...(description === undefined ? {} : { description }),
    })),
    modes,
    capabilities: Object.entries({ image, audio, resource: embeddedContext }).flatMap(([kind, is]) =>
      is ? [kind] : [],
    ),
  };
};

/** An agent with an offer, which begins with the first model and the first mode of it. */
export const createAgentSetting = ({ models, modes, capabilities }: ScenarioOffer): AgentSetting => {
  let [model, mode] = [models[0]?.id, modes[0]];
  return {
    modes,
    get model() {
      return model;
    },
    models: () =>
      model === undefined
        ? undefined
        : { type: 'models', models: [...models], active: model, capabilities: [...capabilities] },
    switchModel(wished) {
      if (!models.some(({ id }) => id === wished)) return notOffered(wished, models);
      model = wished;
      return undefined;
    },
    switchMode(wished) {
      const found = modes.find(({ id }) => id === wished);
      if (found === undefined) return notOffered(wished, modes);
      mode = found;
      return undefined;
    },
    get mode() {
      return mode?.id;
    },
    leavePlan() {
      const next = modes.find(({ readsOnly }) => readsOnly !== true);
      if (mode?.readsOnly !== true || next === undefined) return undefined;
      mode = next;
      return next.id;
    },
    obstacle: () => (mode?.readsOnly === true ? obstacleIn(mode.id) : undefined),
  };
};

/** Why a tool fails in a mode that only reads. */
const obstacleIn = (mode: string): string => `Not in the mode ${mode}: it only reads.`;

const notOffered = (wished: string, choices: readonly { readonly id: string }[]): string => {
  const names = choices.map(({ id }) => id);
  const has = names.length === 0 ? 'none to choose from' : names.join(', ');
  return `it does not offer ${JSON.stringify(wished)}; it has ${has}`;
};
