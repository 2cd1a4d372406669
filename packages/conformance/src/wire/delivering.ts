import {
  DeliveryOutcome,
  EventPage,
  type RepoInput,
  SessionDelivery,
} from '@agent-harbor/api-contract/schemas';
import { NotApplicable } from '../check.ts';
import { holds, same } from '../expect.ts';
import { bodyOf, hasStatus, isProblem, names } from './answer.ts';
import { check, type WireBench } from './bench.ts';
import { sessionOf } from './session-of.ts';

const pathOf = (id: string, rest: string): string => `/api/v1/sessions/${id}/${rest}`;

const deliveryOf = async (bench: WireBench, id: string): Promise<SessionDelivery> =>
  bodyOf(SessionDelivery, await bench.get(pathOf(id, 'delivery')), 'the delivery');

const repositoryOf = ({ repo }: WireBench): RepoInput => {
  if (repo === undefined) throw new NotApplicable('no repository is named that may be delivered to');
  return { mode: 'git', url: repo };
};

export const delivering = [
  check(
    'work is delivered again by its route',
    '200 with branch and commit; told ever after',
    async (bench) => {
      const id = await bench.finished('edits', { repo: repositoryOf(bench) });
      const branch = `wire-${id.toLowerCase()}`;
      const key = { 'idempotency-key': `deliver-${id}` };
      const ask = () => bench.post(pathOf(id, 'deliver'), { mode: 'branch', branch }, key);
      const first = await ask();
      hasStatus(first, 200, 'the delivery');
      const outcome = bodyOf(DeliveryOutcome, first, 'the outcome');
      same([outcome.state, outcome.branch], ['delivered', branch], 'the outcome');
      const again = await ask();
      same([again.status, again.text], [200, first.text], 'the replay');
      same(again.headers['idempotency-replayed'], 'true', 'Idempotency-Replayed');
      const { state, last, deliveries } = await deliveryOf(bench, id);
      same([state, last?.branch, last?.commit], ['delivered', branch, outcome.commit], 'what is told');
      same(deliveries.map((each) => each.branch).at(-1), branch, 'the last one listed');
      const history = await bench.get(pathOf(id, 'events?type=delivery&sort=asc&perPage=50'));
      const events = bodyOf(EventPage, history, 'the events').items;
      same(events.length, deliveries.length, 'how many events there are');
      same((await sessionOf(bench, id)).delivered?.branch, branch, 'what the session tells');
    },
  ),

  check(
    'a pull request tells the branch it is for',
    'in the outcome, the event, the delivery and the session; without a forge a 400 with the mode',
    async (bench) => {
      const id = await bench.finished('edits', { repo: repositoryOf(bench) });
      const branch = `asked-${id.toLowerCase()}`;
      const answer = await bench.post(pathOf(id, 'deliver'), { mode: 'pr', branch, targetBranch: 'main' });
      if (answer.status === 400) {
        names(isProblem(answer, 'unsupported-choice', 'a pull request'), 'mode', 'a pull request');
        return;
      }
      hasStatus(answer, 200, 'a pull request');
      const both = [branch, 'main'];
      const outcome = bodyOf(DeliveryOutcome, answer, 'the outcome');
      same([outcome.branch, outcome.targetBranch], both, 'the outcome');
      const { last, deliveries } = await deliveryOf(bench, id);
      const listed = deliveries.at(-1);
      same([last?.branch, last?.targetBranch], both, 'the last delivery');
      same([listed?.branch, listed?.targetBranch], both, 'the last one listed');
      const history = await bench.get(pathOf(id, 'events?type=delivery&sort=desc&perPage=1'));
      const [event] = bodyOf(EventPage, history, 'the events').items;
      same(event?.type === 'delivery' && [event.branch, event.targetBranch], both, 'the event');
      same((await sessionOf(bench, id)).delivered?.targetBranch, 'main', 'what the session tells');
    },
  ),

  check(
    'a target that does not take it is a 409',
    'it names the way out, and nothing is told',
    async (bench) => {
      const id = await bench.finished('edits', { repo: repositoryOf(bench) });
      const before = (await deliveryOf(bench, id)).deliveries.length;
      const answer = await bench.post(pathOf(id, 'deliver'), { mode: 'branch', branch: 'main' });
      hasStatus(answer, 409, 'the default branch');
      const { detail } = isProblem(answer, 'delivery-refused', 'the default branch');
      holds(detail.includes('another branch'), `the way out is not named: ${detail}`, answer.evidence);
      same((await deliveryOf(bench, id)).deliveries.length, before, 'how many are told');
    },
  ),

  check('a delivery is read strictly', '400 with the member', async (bench) => {
    const path = pathOf(await bench.ended(), 'deliver');
    for (const [field, body] of [
      ['force', { force: true }],
      ['branch', { branch: 'a..b' }],
      ['branch', { mode: 'patch', branch: 'x' }],
      ['title', { mode: 'branch', title: 'x' }],
      ['mode', { mode: 'pigeon' }],
    ] as const)
      names(isProblem(await bench.post(path, body), 'invalid-request', field), field, 'the delivery');
    isProblem(await bench.post(pathOf('nobody', 'deliver'), {}), 'session-not-found', 'nobody');
    isProblem(await bench.get(pathOf('nobody', 'delivery')), 'session-not-found', 'nobody');
  }),
];
