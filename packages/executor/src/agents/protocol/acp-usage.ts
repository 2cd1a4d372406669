import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { isRecord } from '../../process/shape.ts';

type Usage = Extract<EventBody, { type: 'usage' }>;

/** What an agent says of tokens and cost, told as events. */
export interface UsageReader {
  /** A `usage_update`: how full the window is, and what the session has cost up to now. Null where that is nothing new. */
  update(update: Readonly<Record<string, unknown>>): Usage | null | undefined;
  /** What the answer to a prompt says of its turn. */
  turn(answer: unknown): Usage | undefined;
  /** The agent was started again: it may count the cost from the beginning, or go on. */
  startAgain(): void;
}

export const createUsageReader = (activeModel: () => string | undefined): UsageReader => {
  let paid = 0;
  let window = '';
  let mayBeginAnew = false;
  const named = (): Pick<Usage, 'model'> => {
    const model = activeModel();
    return model === undefined ? {} : { model };
  };
  return {
    update({ used, size, cost }) {
      if (!isCount(used) || !isCount(size)) return undefined;
      const { amount, currency } = isRecord(cost) ? cost : {};
      const isDollars = typeof amount === 'number' && Number.isFinite(amount) && currency === 'USD';
      const total = isDollars ? Math.round(amount * 1_000_000) : paid;
      if (isDollars && mayBeginAnew) {
        mayBeginAnew = false;
        if (total < paid) paid = 0;
      }
      const more = Math.max(0, total - paid);
      paid = Math.max(paid, total);
      const told = `${used}/${size}`;
      if (told === window && more === 0) return null;
      window = told;
      const price = more > 0 && Number.isSafeInteger(more) ? { cost_micro_usd: more } : {};
      const context = { context_tokens: used, context_window: size };
      return { type: 'usage', input_tokens: 0, output_tokens: 0, ...price, ...named(), ...context };
    },
    startAgain() {
      mayBeginAnew = true;
    },
    turn(answer) {
      const usage = isRecord(answer) ? (isRecord(answer.usage) ? answer.usage : quotaOf(answer)) : undefined;
      const [input, output] = [usage?.inputTokens, usage?.outputTokens];
      if (usage === undefined || !isCount(input) || !isCount(output)) return undefined;
      const cached = countOf(usage.cachedReadTokens) + countOf(usage.cachedWriteTokens);
      const thought = countOf(usage.thoughtTokens);
      // Some count what was cached and thought within the others: then the sum of all is more than the total.
      const isApart = input + output + cached + thought <= countOf(usage.totalTokens);
      const tokens = isApart ? [input + cached, output + thought] : [input, output];
      return { type: 'usage', input_tokens: tokens[0] ?? 0, output_tokens: tokens[1] ?? 0, ...named() };
    },
  };
};

/** Gemini CLI has no usage in its answers, but what its quota counts. */
const quotaOf = ({
  _meta,
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined => {
  const quota = isRecord(_meta) && isRecord(_meta.quota) ? _meta.quota.token_count : undefined;
  return isRecord(quota) ? { inputTokens: quota.input_tokens, outputTokens: quota.output_tokens } : undefined;
};

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const countOf = (value: unknown): number => (isCount(value) ? value : 0);
