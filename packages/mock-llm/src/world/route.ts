import type { ApiName } from '../exchange/request.ts';

/** What is called, by method and path. A prefix before the version is let pass: bases of agents differ. */
export type Called =
  | { readonly what: 'generate'; readonly api: ApiName; readonly model?: string; readonly stream?: boolean }
  | { readonly what: 'count'; readonly api: ApiName; readonly model?: string }
  | {
      readonly what: 'models';
      readonly api: 'anthropic' | 'openai' | 'gemini';
      readonly model: string | undefined;
    }
  | { readonly what: 'socket' }
  | { readonly what: 'alive' };

const gemini =
  /\/v1(?:beta|alpha|internal)?\/(?:tunedModels|models)\/([^/:]+):(generateContent|streamGenerateContent|countTokens)$/;

/** Undefined for what no API here has. */
export const routeOf = (
  method: string,
  path: string,
  isAnthropic: boolean,
  isGoogle: boolean,
): Called | undefined => {
  if (method === 'GET' || method === 'HEAD') {
    if (path === '/') return { what: 'alive' };
    if (/\/responses$/.test(path)) return { what: 'socket' };
    const found = /\/(v1|v1beta|v1alpha)\/models(?:\/([^/]+))?$/.exec(path);
    if (found === null) return undefined;
    const api = isGoogle || found[1] !== 'v1' ? 'gemini' : isAnthropic ? 'anthropic' : 'openai';
    return { what: 'models', api, model: found[2] === undefined ? undefined : decoded(found[2]) };
  }
  if (method !== 'POST') return undefined;
  const called = gemini.exec(path);
  if (called !== null) {
    const model = decoded(called[1] ?? '');
    if (called[2] === 'countTokens') return { what: 'count', api: 'gemini', model };
    return { what: 'generate', api: 'gemini', model, stream: called[2] === 'streamGenerateContent' };
  }
  if (/\/messages\/count_tokens$/.test(path)) return { what: 'count', api: 'anthropic' };
  if (/\/messages$/.test(path)) return { what: 'generate', api: 'anthropic' };
  if (/\/chat\/completions$/.test(path)) return { what: 'generate', api: 'openai-chat' };
  if (/\/responses$/.test(path)) return { what: 'generate', api: 'openai-responses' };
  return undefined;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
