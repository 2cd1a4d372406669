import type { ApprovalOption, EventBody } from '@agent-harbor/api-contract/schemas';

/** What came of a request, and by which option. */
export type Choice = Pick<Extract<EventBody, { type: 'approval' }>, 'optionId'> & {
  readonly outcome: 'allowed' | 'denied' | 'cancelled';
};

/** What one of the options means. */
export const choiceById = (options: readonly ApprovalOption[], optionId: string): Choice => {
  const kind = options.find((option) => option.optionId === optionId)?.kind;
  return { outcome: kind?.startsWith('allow') ? 'allowed' : 'denied', optionId };
};

/** The first option that fits, one for this time before one for all times; where none does, there is no leave. */
export const choiceFor = (options: readonly ApprovalOption[], wish: 'allowed' | 'denied'): Choice => {
  const prefix = wish === 'allowed' ? 'allow' : 'reject';
  const option =
    options.find(({ kind }) => kind === `${prefix}_once`) ??
    options.find(({ kind }) => kind.startsWith(prefix));
  return option === undefined ? { outcome: 'cancelled' } : { outcome: wish, optionId: option.optionId };
};
