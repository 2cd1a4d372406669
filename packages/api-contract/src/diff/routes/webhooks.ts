import type { Comparison } from '../comparison.ts';
import { additive, breaking, type Rule } from '../rule.ts';
import { within } from '../unreadable.ts';
import { compareRest } from '../words.ts';
import { compareBodies } from './bodies.ts';
import { webhooksOf } from './operations.ts';

export const webhookRules = {
  removed: {
    id: 'webhook-removed',
    what: 'the webhook was removed',
    event: breaking('Receivers that wait for it wait for ever: go on sending it.'),
  },
  added: {
    id: 'webhook-added',
    what: 'a webhook was added',
    event: additive('It comes to who registers for it.'),
  },
} satisfies Record<string, Rule>;

/** Webhooks go the other way: what stands there as a request is what clients receive. */
export const compareWebhooks = (comparison: Comparison): void => {
  const was = webhooksOf(comparison.before.document);
  const is = webhooksOf(comparison.after.document);
  for (const label of new Set([...was.keys(), ...is.keys()])) {
    const scope = comparison.ledger.route(label).facing('event');
    const [old, fresh] = [was.get(label), is.get(label)];
    if (fresh === undefined) scope.report(webhookRules.removed, label, null);
    else if (old === undefined) scope.report(webhookRules.added, null, label);
    else {
      within(label, () => {
        compareBodies(old, fresh, comparison, scope);
        compareRest(old, fresh, { compared: new Set(['requestBody']), words }, scope);
      });
    }
  }
};

const words: ReadonlySet<string> = new Set(['summary', 'description', 'tags', 'externalDocs', 'operationId']);
