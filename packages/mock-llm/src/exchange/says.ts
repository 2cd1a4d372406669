import type { PastCall, Say, ToolResult } from './request.ts';

/** Puts together what one side says in a row. */
export interface Says {
  user(texts: readonly string[], results?: readonly ToolResult[]): void;
  model(text: string, calls?: readonly PastCall[]): void;
  readonly all: readonly Say[];
}

export const createSays = (): Says => {
  const all: Say[] = [];
  return {
    user(texts, results = []) {
      const last = all.at(-1);
      if (last?.by !== 'user') all.push({ by: 'user', texts, results });
      else
        all[all.length - 1] = {
          by: 'user',
          texts: [...last.texts, ...texts],
          results: [...last.results, ...results],
        };
    },
    model(text, calls = []) {
      const last = all.at(-1);
      if (last?.by !== 'model') all.push({ by: 'model', text, calls });
      else all[all.length - 1] = { by: 'model', text: last.text + text, calls: [...last.calls, ...calls] };
    },
    all,
  };
};
