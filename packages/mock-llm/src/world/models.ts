import type { JsonObject } from '@agent-harbor/api-contract/schemas';
import { timestamp } from '@agent-harbor/core';

/** The list of models, or one of them, in the words of an API. */
export const modelsBody = (
  api: 'anthropic' | 'openai' | 'gemini',
  models: readonly string[],
  model: string | undefined,
): JsonObject => {
  const one = (id: string) => entries[api](id);
  if (model !== undefined) return one(model);
  switch (api) {
    case 'anthropic':
      return {
        data: models.map(one),
        has_more: false,
        first_id: models[0] ?? null,
        last_id: models.at(-1) ?? null,
      };
    case 'openai':
      return { object: 'list', data: models.map(one) };
    case 'gemini':
      return { models: models.map(one) };
  }
};

const entries: Readonly<Record<'anthropic' | 'openai' | 'gemini', (id: string) => JsonObject>> = {
  anthropic: (id) => ({ type: 'model', id, display_name: id, created_at: timestamp(0) }),
  openai: (id) => ({ id, object: 'model', created: 0, owned_by: 'agent-harbor' }),
  gemini: (id) => ({
    name: `models/${id}`,
    displayName: id,
    version: '1',
    inputTokenLimit: 1_000_000,
    outputTokenLimit: 64_000,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  }),
};
